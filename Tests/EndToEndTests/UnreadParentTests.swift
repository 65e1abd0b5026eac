import Foundation
import Synchronization
import TestSupport
import Testing

/// A deleted parent of 450 children, whose later pages are refused until `isRepaired` says
/// otherwise; each page is one answer of this server, however the client reads it.
@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `a deleted parent that was read in part` {
    private static let parent: UInt64 = 3_652_397_000_000_200_001

    private final class Pages: Sendable {
        let isRepaired: Mutex<Bool>

        init(isRepaired: Bool = false) { self.isRepaired = Mutex(isRepaired) }

        func serve(before: @escaping @Sendable (String) -> Void = { _ in }) throws -> ScriptedServer
        {
            try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    before(request)
                    let (status, body) = self.answer(request)
                    connection.answer(status, body, fields: "Content-Type: application/json\r\n")
                }
            }
        }

        func answer(_ request: String) -> (status: Int, body: String) {
            guard let range = request.firstRange(of: "page="),
                let page = Int(request[range.upperBound...].prefix { $0.isNumber })
            else { return (404, #"{"code":"INVALID_URL_PATTERN","status":"error"}"#) }
            guard page == 1 || isRepaired.withLock({ $0 }) else {
                return (
                    400,
                    #"{"code":"INVALID_DATA","details":{},"message":"not now","status":"error"}"#
                )
            }
            let first = (page - 1) * 200
            let children = (first..<min(450, first + 200)).map { #"{"id":"\#(7_000_000 - $0)"}"# }
            return (
                200,
                #"{"data":[\#(children.joined(separator: ","))],"info":{"per_page":200,"#
                    + #""count":\#(children.count),"page":\#(page),"more_records":\#(page < 3)}}"#
            )
        }
    }

    @Test func `is no output, and the advised resume completes it`() async throws {
        let pages = Pages()
        let server = try pages.serve()
        defer { server.stop() }
        let directory = try TemporaryDirectory()
        let output = directory.path + "/cleanup.csv"
        let manifest = try directory.write(
            "operation,module,record_id,related_list\n"
                + "discover-deleted,Campaigns,\(Self.parent),Leads\n", to: "job.csv")
        func start(_ arguments: [String]) async throws -> Program.Ended {
            try await Program.run(
                arguments + ["--no-progress"], in: directory.url,
                environment: [
                    "RELSWEEP_API_DOMAIN": server.address, "RELSWEEP_ACCESS_TOKEN": "1000.pages",
                ])
        }
        let first = try await start(
            ["discover", manifest, "--output", output, "--state", directory.path + "/state"])
        #expect(first.status == 3, "\(first.errors)")
        #expect(!FileManager.default.fileExists(atPath: output), "200 of 450 are no manifest")
        #expect(first.errors.contains("was not written"), "\(first.errors)")
        #expect(first.errors.contains("1 row not done"), "\(first.errors)")
        #expect(!first.errors.contains("complete"), "\(first.errors)")
        // The suggested command.
        let line = try #require(
            first.errors.split(separator: "\n").first { $0.contains("relsweep resume ") })
        let words = line.split(separator: " ").dropFirst().map(String.init)
        pages.isRepaired.withLock { $0 = true }
        let resumed = try await start(words)
        #expect(resumed.status == 0, "\(resumed.errors)")
        let rows = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
        #expect(rows.count == 451)
        #expect(Set(rows).count == 451)
        let status = try await start(["status", "--state", directory.path + "/state"])
        #expect(!status.output.contains("complete"), "\(status.output)")
        // Once more: the file is this run's own.
        let again = try await start(words)
        #expect(again.status == 0, "\(again.errors)")
    }

    /// A file created meanwhile is kept, and no partial output is left behind.
    @Test func `leaves a file alone that came meanwhile`() async throws {
        let directory = try TemporaryDirectory()
        let output = directory.url.appending(path: "cleanup.csv")
        let pages = Pages(isRepaired: true)
        let server = try pages.serve { request in
            guard request.contains("page=3") else { return }
            try? "theirs".write(to: output, atomically: true, encoding: .utf8)
        }
        defer { server.stop() }
        let manifest = try directory.write(
            "operation,module,record_id,related_list\n"
                + "discover-deleted,Campaigns,\(Self.parent),Leads\n", to: "job.csv")
        let ended = try await Program.run(
            [
                "discover", manifest, "--output", output.path, "--state", directory.path + "/state",
                "--no-progress",
            ],
            in: directory.url,
            environment: [
                "RELSWEEP_API_DOMAIN": server.address, "RELSWEEP_ACCESS_TOKEN": "1000.pages",
            ])
        #expect(ended.status == 74, "\(ended.errors)")
        #expect(try String(contentsOf: output, encoding: .utf8) == "theirs")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(!names.contains { $0.hasSuffix(".tmp") }, "\(names)")
    }

    /// 255 bytes are a file's name at most: neither the sidecar's nor the temporary file's fits.
    @Test func `may be read with the longest names that there are`() async throws {
        let directory = try TemporaryDirectory()
        let pages = Pages(isRepaired: true)
        let server = try pages.serve()
        defer { server.stop() }
        let output = directory.url.appending(path: String(repeating: "o", count: 251) + ".csv")
        let manifest = try directory.write(
            "operation,module,record_id,related_list\n"
                + "discover-deleted,Campaigns,\(Self.parent),Leads\n",
            to: String(repeating: "m", count: 251) + ".csv")
        let ended = try await Program.run(
            [
                "discover", manifest, "--output", output.path, "--state", directory.path + "/state",
                "--no-progress",
            ],
            in: directory.url,
            environment: [
                "RELSWEEP_API_DOMAIN": server.address, "RELSWEEP_ACCESS_TOKEN": "1000.pages",
            ])
        #expect(ended.status == 0, "\(ended.errors)")
        let rows = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
        #expect(rows.count == 451)
    }

    /// A row skipped by --skip-invalid is not expected to be read, and is reported.
    @Test func `that was left out on purpose keeps no output from being written`() async throws {
        let directory = try TemporaryDirectory()
        let pages = Pages(isRepaired: true)
        let server = try pages.serve()
        defer { server.stop() }
        let output = directory.url.appending(path: "cleanup.csv")
        let rows = (0..<UInt64(21)).map { "discover-deleted,Campaigns,\(Self.parent + $0),Leads\n" }
        let manifest = try directory.write(
            "operation,module,record_id,related_list\n" + rows.joined()
                + "discover-deleted,Campaigns,no-id,Leads\n", to: "job.csv")
        let ended = try await Program.run(
            [
                "discover", manifest, "--output", output.path, "--state", directory.path + "/state",
                "--no-progress", "--skip-invalid",
            ],
            in: directory.url,
            environment: [
                "RELSWEEP_API_DOMAIN": server.address, "RELSWEEP_ACCESS_TOKEN": "1000.pages",
            ])
        #expect(ended.status == 3, "\(ended.errors)")
        #expect(ended.errors.contains("1 skipped row"), "\(ended.errors)")
        #expect(ended.errors.contains("1 row not done"), "\(ended.errors)")
        let written = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
        #expect(written.count == 21 * 450 + 1)
    }
}
