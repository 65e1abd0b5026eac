import Foundation
import Simulator
import TestSupport
import Testing

/// The main job with the real binary, with and without faults.
@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `a run` {
    @Test func `removes exactly what the manifest names`() async throws {
        let place = try ProgramFixture(parents: 40, each: 5)
        let ended = try await place.run()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.text("state") == "finished")
        #expect(ended.number("rows") == 200)
        #expect(ended.number("items") == 200)
        #expect(ended.number("removed") == 200)
        #expect(ended.number("calls") == 40)
        #expect(ended.number("attempts") == 40)
        #expect(ended.number("exit") == 0)
        place.expectLedgerEqualsManifest()
        #expect(place.simulator.ledger().counts.calls == 40)
    }

    @Test func `sends nothing for a manifest that a finished run has done`() async throws {
        let place = try ProgramFixture(parents: 3)
        _ = try await place.run()
        let calls = place.simulator.ledger().counts.calls
        let again = try await place.run()
        #expect(again.status == 0, "\(again.errors)")
        #expect(place.simulator.ledger().counts.calls == calls)
        #expect(again.errors.contains("--again"))
        #expect(again.errors.contains("results.csv"), "\(again.errors)")
    }

    @Test func `counts what was gone already as absent when asked to run again`() async throws {
        let place = try ProgramFixture(parents: 3)
        _ = try await place.run()
        let again = try await place.run(["--again"])
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.number("absent") == 12)
        place.expectLedgerEqualsManifest()
    }

    @Test func `ends right under a fault plan that mixes everything`() async throws {
        let faults =
            "429:4%,500:3%,html502:2%,reset:2%,reset-after:2%,cut:2%,slow:3%/30ms,wrong-count:3%,"
            + "out-of-order:10%,duplicate-element:2%,foreign-id:2%,missing-id:2%,cookies,chunked:30%"
        for style in [AnswerStyle.v2, .v8] {
            let place = try ProgramFixture(parents: 60, each: 6, style: style, faults: faults)
            let ended = try await place.run(["--retries", "12"])
            #expect([0, 3].contains(ended.status), "\(ended.errors)")
            #expect(ended.text("state") == "finished")
            let sum = ["removed", "absent", "failed", "blocked", "unknown", "pending"]
                .reduce(0) { $0 + (ended.number($1) ?? -1_000) }
            #expect(sum == 360)
            #expect(ended.number("failed") == 0)
            place.expectLedgerEqualsManifest()
        }
    }

    @Test func `keeps within concurrency and calls a minute`() async throws {
        let place = try ProgramFixture(parents: 30, each: 1, latencyMilliseconds: 20)
        let ended = try await place.run(["--concurrency", "3"])
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(place.simulator.ledger().counts.maximumActiveCalls == 3)
    }

    @Test func `is throttled to the organisation's own concurrency and still ends`() async throws {
        let place = try ProgramFixture(
            parents: 30, each: 1, latencyMilliseconds: 5, maximumActiveCalls: 2)
        let ended = try await place.run(["--concurrency", "6"])
        #expect(ended.status == 0, "\(ended.errors)")
        place.expectLedgerEqualsManifest()
        #expect(place.simulator.ledger().counts.refusedByLimit > 0)
    }

    @Test func `stops on a refused token with exit 77 and names the data centre`() async throws {
        let place = try ProgramFixture(parents: 3)
        let program = try Program(
            place.runArguments, in: place.folder,
            environment: ["RELSWEEP_API_DOMAIN": place.address, "RELSWEEP_ACCESS_TOKEN": "wrong"])
        let ended = await program.end()
        #expect(ended.status == 77, "\(ended.errors)")
        #expect(ended.errors.contains("data centre"))
        #expect(place.simulator.ledger().counts.relationsRemoved == 0)
    }

    @Test func `leaves the token in no file and no output`() async throws {
        let place = try ProgramFixture(parents: 4, faults: "500@2,401@3")
        let ended = try await place.run()
        #expect(!ended.output.contains(ProgramFixture.token))
        #expect(!ended.errors.contains(ProgramFixture.token))
        let names =
            FileManager.default.enumerator(atPath: place.folder.path)?.allObjects as? [String]
        var read = 0
        for name in names ?? [] {
            guard
                let data = FileManager.default.contents(
                    atPath: place.folder.appending(path: name).path)
            else { continue }
            read += 1
            #expect(
                data.range(of: Data(ProgramFixture.token.utf8)) == nil, "\(name) holds the token")
        }
        #expect(read > 4)
    }

    @Test func `refuses a real account without consent`() async throws {
        let place = try ProgramFixture(parents: 3)
        let ended = try await place.start(
            ["run", place.manifest.path, "--state", place.state.path]
        ).end()
        #expect(ended.status == 64)
        #expect(place.simulator.ledger().counts.calls == 0)
    }

    @Test func `an invalid row stops the run before the first call, with its place`() async throws {
        let place = try ProgramFixture(parents: 3)
        var text = try String(contentsOf: place.manifest, encoding: .utf8)
        text += "delink,Campaigns,3.65E+18,Leads,5\ndelink,Leads,7,Notes,8,x\n"
        try text.write(to: place.manifest, atomically: true, encoding: .utf8)
        let ended = try await place.run()
        #expect(ended.status == 65)
        #expect(ended.errors.contains("job.csv:14:"), "\(ended.errors)")
        #expect(ended.errors.contains("job.csv:15:"), "\(ended.errors)")
        #expect(place.simulator.ledger().counts.calls == 0)
    }
}

@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `manifests in jobs` {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()

    static var manifests: [String] {
        let names = FileManager.default.enumerator(atPath: root.appending(path: "jobs").path)?
            .allObjects
        return (names as? [String] ?? []).filter { $0.contains(".") }.sorted()
    }

    @Test func `there are some`() {
        for name in [
            "campaign-cleanup.csv", "update-prices.csv", "delete-attachments.csv",
            "creator-cleanup.json", "discover-deleted.csv",
        ] {
            #expect(Self.manifests.contains(name))
        }
    }

    @Test(arguments: manifests)
    func `each is planned and run in the simulator`(_ name: String) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let folder = directory.url
        let path = Self.root.appending(path: "jobs/\(name)").path
        let plan = try await Program.run(["plan", path, "--json"], in: folder)
        #expect(plan.status == 0, "\(plan.errors)")
        let command =
            name.hasPrefix("discover")
            ? ["discover", path, "--output", folder.appending(path: "found.csv").path]
            : ["run", path]
        let run = try await Program.run(
            command + ["--simulate", "--state", folder.appending(path: "s").path, "--json"],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.number("items") == plan.number("items"))
        let done = ["removed", "updated", "deleted", "listed"].reduce(0) {
            $0 + (run.number($1) ?? 0)
        }
        #expect(done == run.number("items"))
        #expect(done > 0)
        // The number of rounds and pages is open; the plan has the minimum.
        let isOpen = name.hasPrefix("discover") || name.hasPrefix("creator")
        let calls = try #require(run.number("calls"))
        let planned = try #require(plan.number("calls"))
        #expect(isOpen ? calls > planned : calls == planned)
        #expect(run.errors.contains("nothing else"), "\(run.errors)")
    }
}
