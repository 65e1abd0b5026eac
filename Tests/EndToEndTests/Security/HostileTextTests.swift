import Foundation
import TestSupport
import Testing

/// Text of a malicious manifest, server or configuration in the output.
@Suite("hostile words", .timeLimit(.minutes(60)), .fewAtOnce) struct HostileTextTests {
    @Test func `of a manifest's cells, headers and name never reach a terminal raw`() async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let folder = directory.url
        let bad = HostileText.all
        let cell = "\"" + bad + "\""
        let texts = [
            "operation,module,record_id,related_list,related_id\n\(cell),\(cell),\(cell),\(cell),1\n",
            "operation,\(cell),record_id,related_list,related_id\ndelink,Campaigns,1,Leads,2\n",
            "operation,module,record_id,related_list,related_id,\(cell)\n"
                + "delink,Campaigns,1,Leads,2,\(cell)\n",
            "operation,owner,app,report,criteria,environment,demo_user\n"
                + "delete-creator-records,\(cell),\(cell),\(cell),\(cell),\(cell),\(cell)\n",
            "operation,owner,app,report,criteria,environment\n"
                + "delete-creator-records,a\u{202E}b,c\u{9B}d,e\u{200B}f,"
                + "\"Status == \"\"\(bad)\"\"\",production\n",
        ]
        // Characters not allowed in arguments are not allowed in names either.
        for (index, text) in texts.enumerated() {
            let path = try directory.write(text, to: "m\u{9B}31m\u{202E}\(index).csv")
            let state = ["--state", folder.path + "/state"]
            for words in [["plan", path], ["plan", path, "--json"], ["run", path, "--simulate"]] {
                let ended = try await Program.run(words + state, in: folder)
                ended.expectHarmless()
                #expect(!ended.isSignalled && ended.status != 70)
            }
        }
        let json = "[{\"operation\":\"delink\",\"mo\\u001bdule\":\"\\u009b\",\"x\":\"\\u202e\"}]"
        let path = try directory.write(json, to: "m.json")
        try await Program.run(["plan", path], in: folder).expectHarmless()
        try await Program.run(["plan", folder.path + "/\u{9B}2J\u{202E}"], in: folder)
            .expectHarmless()
    }

    @Test func `of arguments, the configuration and the environment never reach a terminal raw`()
        async throws
    {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let folder = directory.url
        let escaped = "\\u001b]0;x\\u0007\\u009b1m\\u202e\\u007f"
        let configurations = [
            "{\"\(escaped)\": 1}", "{state: \"\(escaped)\"}", "{job: \"\(escaped)\"}",
            "{dataCenter: \"\(escaped)\"}", "{manifest: {columns: {record_id: \"\(escaped)\"}}}",
            "{manifest: {\"\(escaped)\": null}}", "{apiDomain: \"https://\(escaped)\"}",
            "{credentials: {refreshTokenFile: \"/no/\\u202e\"}}", "{ \u{1B}[31m",
        ]
        let plain = "operation,module,record_id,related_list,related_id\n"
        let manifest = try directory.write(plain + "delink,Campaigns,1,Leads,2\n", to: "m.csv")
        for text in configurations {
            let path = try directory.write(text, to: "c\u{9B}.json5")
            let ended = try await Program.run(["plan", manifest, "--config", path], in: folder)
            ended.expectHarmless()
            #expect(ended.status != 0, "\(text)")
        }
        for words in [
            ["plan\u{9B}", manifest], ["plan", manifest, "--\u{202E}x"], ["plan", "\u{1B}[31m"],
            ["run", manifest, "--simulate", "--job", "\u{9B}\u{202E}"],
            ["status", folder.path + "/\u{9B}"], ["resume", folder.path + "/\u{202E}"],
        ] {
            try await Program.run(words + ["--state", folder.path + "/\u{9B}s"], in: folder)
                .expectHarmless()
        }
        try await Program.run(["status", "--state", folder.path + "/\u{9B}s"], in: folder)
            .expectHarmless()
        try await Program.run(
            ["plan", manifest], in: folder,
            environment: ["RELSWEEP_DATA_CENTER": HostileText.all, "TERM": HostileText.all]
        ).expectHarmless()
    }

    private static let said =
        "=cmd|' /C calc'!A0\\u001b]0;t\\u0007\\u009b2J\\u202e<script>alert(1)</script>\\u007f\\n<0>x"

    @Test(
        arguments: [
            "{\"code\":\"\(said)\",\"message\":\"\(said)\",\"status\":\"error\",\"details\":{}}",
            "{\"code\":\"INVALID_DATA\",\"message\":\"\(said)\",\"status\":\"error\","
                + "\"details\":{\"resource_path_index\":1,\"\(said)\":\"\(said)\"}}",
            "{\"data\":[{\"code\":\"\(said)\",\"status\":\"\(said)\",\"message\":\"\(said)\","
                + "\"details\":{\"id\":\"3652397000000925128\"}}]}",
            "\u{1B}[31m<html>\u{9B}2J", "{\"data\":[{\"details\":",
        ])
    func `of a server do nothing in a terminal, a spreadsheet or a browser`(
        body: String
    ) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let folder = directory.url
        let server = try ScriptedServer(
            answering:
                "HTTP/1.1 400 \u{1B}[31mBad\r\nServer: \u{1B}]0;t\u{7}\r\nRetry-After: \u{9B}\r\n"
                + "Location: \u{1B}[1m\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n"
                + "\r\n\(body)")
        defer { server.stop() }
        let manifest = try directory.write(
            "operation,module,record_id,related_list,related_id,note\n"
                + "delink,Campaigns,3652397000000327001,Leads,3652397000000925128,=1+1\n",
            to: "m.csv")
        let state = folder.path + "/state"
        let ended = try await Program.run(
            ["run", manifest, "--yes", "--state", state, "--retries", "0", "--give-up", "2s"],
            in: folder,
            environment: [
                "RELSWEEP_API_DOMAIN": server.address, "RELSWEEP_ACCESS_TOKEN": "1000.hostile",
            ])
        ended.expectHarmless()
        #expect(ended.status != 0 && ended.status != 70 && !ended.isSignalled, "\(ended.errors)")
        try await Program.run(["status", "--state", state], in: folder).expectHarmless()
        let names = FileManager.default.enumerator(atPath: state)?.allObjects as? [String] ?? []
        for name in names where name.hasSuffix("report.html") {
            let html = try String(contentsOfFile: state + "/" + name, encoding: .utf8)
            #expect(!html.contains("<script") && HostileText.harmful(in: html).isEmpty)
            #expect(html.contains("default-src 'none'"))
        }
        for name in names where name.hasSuffix("results.csv") {
            let csv = try String(contentsOfFile: state + "/" + name, encoding: .utf8)
            #expect(!csv.contains(",=") && !csv.contains(",\"="), "\(csv)")
            #expect(csv.contains(",'=1+1,"), "\(csv)")
        }
        for name in names where name.hasSuffix("failed.csv") {
            let csv = try String(contentsOfFile: state + "/" + name, encoding: .utf8)
            #expect(csv.hasSuffix(",=1+1\n") || !csv.contains("delink"), "\(csv)")
        }
    }
}
