import Foundation
import JobModel
import Journaling
import ManifestReading
import Running
import Testing
import ZohoAPI

@testable import CommandLineTool

private func surroundings(
    _ variables: [String: String] = [:], credentials: [String: String] = [:]
) -> Settings.Environment {
    Settings.Environment(
        variable: { variables[$0] },
        credential: { name throws(SettingsError) in
            credentials[name].map { (text: $0, path: "/credentials/\(name)") }
        })
}

private func problems(_ text: String) -> [String] {
    do {
        _ = try Configuration.parse(Array(text.utf8))
        return []
    } catch {
        return error.problems.map { "\($0.position.line):\($0.position.column): \($0.message)" }
    }
}

@Suite struct SettingTypeTests {
    @Test(arguments: [
        ("80ms", Duration.milliseconds(80)), ("60s", .seconds(60)), ("10m", .seconds(600)),
        ("2h", .seconds(7200)),
    ])
    func `durations have one unit`(_ text: String, _ expected: Duration) throws {
        let type = SettingType.time(.zero...Duration.seconds(86_400))
        #expect(try type.parse(text) == expected)
        #expect(try type.parse(DurationText.exact(expected)) == expected)
    }

    @Test(arguments: ["", "60", "s", "1.5s", "-1s", "1 s", "1d", "99999999999999999999s", "25h"])
    func `what is no duration is refused`(_ text: String) {
        let type = SettingType.time(.zero...Duration.seconds(86_400))
        #expect(throws: ValueError.self) { try type.parse(text) }
    }

    @Test func `a duration without its unit suggests seconds`() {
        #expect {
            try SettingsTable.all.speed.timeout.type.parse("30")
        } throws: { error in
            (error as? ValueError)?.message
                == "\"30\" is not a time from 100ms to 1h, such as 80ms, 60s, 10m or 2h; did you "
                + "mean \"30s\"?"
        }
    }

    @Test func `failures are a number or a percentage`() throws {
        let type = SettingType.failureBudget
        #expect(try type.parse("500") == .count(500))
        #expect(try type.parse("0") == .count(0))
        #expect(try type.parse("12.5%") == .percent(12.5, minimumFinal: 200))
        for text in ["", "%", "101%", "1e1%", "-5", "5 %", "nan%", ".5%", "5.%"] {
            #expect(throws: ValueError.self, "\(text)") { try type.parse(text) }
        }
    }

    @Test(arguments: [
        ("06:00", TimeOfDay(hour: 6, minute: 0)),
        ("23:59Z", TimeOfDay(hour: 23, minute: 59, offsetMinutes: 0)),
        ("06:30+05:30", TimeOfDay(hour: 6, minute: 30, offsetMinutes: 330)),
        ("06:30-02:00", TimeOfDay(hour: 6, minute: 30, offsetMinutes: -120)),
    ])
    func `times of day may have an offset`(text: String, expected: TimeOfDay) throws {
        #expect(try SettingType.timeOfDay.parse(text) == expected)
        #expect(TimeOfDay(expected.description) == expected)
    }

    @Test(arguments: [
        "6:00", "24:00", "12:60", "12:00+2", "12:00+15:00", "12:00 Z", "noon", "", "12:00Z0",
        "12:00+02:60", "12-00", "12:0", "1200", "12:00+0200", "12:00z",
    ])
    func `what is no time of day is refused`(text: String) {
        #expect(throws: ValueError.self) { try SettingType.timeOfDay.parse(text) }
    }

    @Test(arguments: [
        "http://joe:hush@h:1", "socks5h://hush@h", "joe:hush@h", "htp://joe:hush@h", "hush",
        "http://h:hush", "http://h/hush", "HTTP://joe:hush@h",
    ])
    func `no error repeats a proxy, which may hold a password`(text: String) {
        #expect {
            try SettingType.proxy.parse(text)
        } throws: { error in
            guard let error = error as? ValueError else { return false }
            return !error.message.contains("hush") && !"\(error)".contains("hush")
        }
    }

    @Test func `names, lists and addresses keep to their grammars`() throws {
        let good: [(SettingRow, String)] = [
            (.at(\.runs.job), "nightly-1.b_C"), (.at(\.manifest.module), "Price_Books"),
            (.at(\.manifest.allowedLists), "Courses/Students"),
            (.at(\.manifest.allowedLists), "Courses/List_1:Students"),
            (.at(\.manifest.columns), "record_id=Campaign Id"),
            (.at(\.manifest.columns), "carry=Mobile"),
            (.at(\.manifest.columns), "field:list_price:number=Price"),
            (.at(\.target.proxy), "http://proxy.example.org:3128"),
            (.at(\.target.proxy), "socks5h://127.0.0.1:1080"),
            (.at(\.target.apiDomain), "https://www.zohoapis.eu"),
            (.at(\.target.apiDomain), "http://127.0.0.1:8080"),
        ]
        for (row, text) in good {
            #expect(try row.type.parse([text]).text == text)
        }
        let bad: [(SettingRow, String)] = [
            (.at(\.runs.job), "-a"), (.at(\.runs.job), "a/b"), (.at(\.runs.job), ".."),
            (.at(\.manifest.module), "9a"), (.at(\.manifest.allowedLists), "Courses"),
            (.at(\.manifest.allowedLists), "A/B/C"), (.at(\.manifest.allowedLists), "A/B:"),
            (.at(\.manifest.allowedLists), "A:B/C"), (.at(\.manifest.allowedLists), "A/B:C:D"),
            (.at(\.manifest.columns), "record_id="), (.at(\.manifest.columns), "recordid=x"),
            (.at(\.manifest.columns), "x"), (.at(\.target.proxy), "proxy.example.org"),
            (.at(\.target.proxy), "ftp://a"),
            (.at(\.target.apiDomain), "http://www.zohoapis.eu"),
            (.at(\.target.apiDomain), "https://www.zohoapis.eu/crm"),
        ]
        for (row, text) in bad {
            #expect(throws: ValueError.self, "\(text)") { try row.type.parse([text]) }
        }
    }
}

@Suite struct ConfigurationTests {
    @Test(arguments: [
        ("{", "1:2: the text ends here, expected "),
        ("[]", "1:1: expected one object: { … }"),
        (
            "{edition: \"sandbox\"}",
            "1:2: unknown key \"edition\"; did you mean \"environment\"?"
        ),
        (
            "{\n  concurency: 4\n}",
            "2:3: unknown key \"concurency\"; did you mean \"concurrency\"?"
        ),
        ("{ waits: { frobnicate: 1 } }", "1:12: unknown key \"waits.frobnicate\""),
        ("{ waits: 3 }", "1:10: \"waits\" must be an object: { … }"),
        (
            "{ \"waits.maxBackoff\": \"0\" }",
            "1:23: \"waits.maxBackoff\": \"0\" is not a time from 1ms to 24h"
        ),
        (
            "{ concurrency: \"5\" }",
            "1:16: \"concurrency\" must be a whole number from 1 to 1000, not a string"
        ),
        (
            "{ concurrency: 5.0 }",
            "1:16: \"concurrency\": \"5.0\" is not a whole number from 1 to 1000"
        ),
        ("{ yes: 1 }", "1:8: \"yes\" must be true or false, not a number"),
        (
            "{ timeout: 60 }",
            "1:12: \"timeout\" must be a string, a time from 100ms to 1h, such as 80ms, 60s, 10m "
                + "or 2h, not a number"
        ),
        (
            "{ accessToken: \"x\" }",
            "1:3: secrets do not belong in the configuration file; set RELSWEEP_ACCESS_TOKEN, use a "
                + "systemd credential, or name a file with credentials.accessTokenFile"
        ),
        ("{ retry: \"failed\" }", "1:10: \"retry\" must be an array of strings: [ … ]"),
        (
            "{ retry: [\"faild\"] }",
            "1:11: \"retry\": \"faild\" is not one of failed, blocked, unknown; did you mean "
                + "\"failed\"?"
        ),
        (
            "{ manifest: { columns: { record_ids: \"a\" } } }",
            "1:26: \"manifest.columns\": "
        ),
        ("{ yes: true, yes: true }", "1:14: the key \"yes\" occurs twice in the same object"),
    ])
    func `a wrong configuration says where and what`(_ text: String, _ expected: String) throws {
        let found = try #require(problems(text).first)
        #expect(found.hasPrefix(expected), "\(found)")
    }

    @Test func `all problems are found at once`() {
        #expect(problems("{ a: 1, timeout: 1, delink: { b: 2 } }").count == 3)
    }

    @Test func `a secret in the configuration is not repeated`() {
        #expect(problems("{ clientSecret: \"abc\" }").allSatisfy { !$0.contains("abc") })
    }
}

@Suite struct SettingsTests {
    private func settings(
        _ words: [String], _ variables: [String: String] = [:],
        credentials: [String: String] = [:], configuration: String? = nil
    ) throws -> Settings {
        let content = try configuration.map {
            (path: "c.json5", content: try Configuration.parse(Array($0.utf8)))
        }
        return try Settings(
            arguments: Arguments.parse(words),
            surroundings: surroundings(variables, credentials: credentials),
            configuration: content)
    }

    @Test func `an option is stronger than the configuration, and that than the default`() throws {
        var settings = try settings(["run", "a"])
        #expect(settings[\.speed.concurrency] == 5)
        #expect(settings.source(of: \.speed.concurrency) == .builtIn)
        settings = try self.settings(["run", "a"], configuration: "{\n concurrency: 7 }")
        #expect(settings[\.speed.concurrency] == 7)
        #expect(settings.source(of: \.speed.concurrency).text == "c.json5:2:15")
        settings = try self.settings(
            ["run", "a", "--concurrency", "9"], configuration: "{ concurrency: 7 }")
        #expect(settings[\.speed.concurrency] == 9)
        #expect(settings.source(of: \.speed.concurrency).text == "--concurrency")
    }

    @Test func `a variable is stronger than a credential, and that than the configuration`() throws
    {
        let configuration = "{ apiDomain: \"https://c.example\" }"
        let credentials = ["relsweep-api-domain": "https://b.example"]
        let variables = ["RELSWEEP_API_DOMAIN": "https://a.example"]
        var settings = try settings(["run", "a"], configuration: configuration)
        #expect(settings[\.target.apiDomain]?.description == "https://c.example")
        settings = try self.settings(
            ["run", "a"], credentials: credentials, configuration: configuration)
        #expect(settings[\.target.apiDomain]?.description == "https://b.example")
        #expect(settings.source(of: \.target.apiDomain).text == "/credentials/relsweep-api-domain")
        settings = try self.settings(
            ["run", "a"], variables, credentials: credentials, configuration: configuration)
        #expect(settings[\.target.apiDomain]?.description == "https://a.example")
        #expect(settings.source(of: \.target.apiDomain).text == "$RELSWEEP_API_DOMAIN")
    }

    @Test func `null and an empty variable leave a setting as it is`() throws {
        let settings = try settings(
            ["run", "a"], ["RELSWEEP_DATA_CENTER": ""], configuration: "{ dataCenter: null }")
        #expect(settings[\.target.dataCentre] == .us)
        #expect(settings.source(of: \.target.dataCentre) == .builtIn)
    }

    @Test func `repeated options add up`() throws {
        let settings = try settings([
            "run", "a", "--column", "record_id=A", "--column", "related_id=B", "--retry",
            "failed,unknown", "--retry", "failed",
        ])
        #expect(settings[\.runs.retry] == [.failed, .unknown, .failed])
        #expect(
            settings[\.manifest.columns]
                == [try ColumnMap.Entry("record_id=A"), try ColumnMap.Entry("related_id=B")])
    }

    @Test func `without any source a run is asked what the engine has for defaults`() throws {
        let settings = try settings(["run", "a"])
        #expect(settings.limits == RunLimits())
        #expect(settings.profile == ServiceProfile())
        #expect(settings.manifest == ManifestSettings())
        let transport = settings.transport(try ServiceEndpoints())
        let standard = TransportSettings(endpoints: try ServiceEndpoints(), userAgent: "")
        #expect(transport.connectTimeout == standard.connectTimeout)
        #expect(transport.firstByteTimeout == standard.firstByteTimeout)
        #expect(transport.httpVersion == standard.httpVersion)
        let request = JobRequest(
            source: .standardInput, stateRoot: "",
            run: settings.run(try ServiceEndpoints(), tokens: StaticAccessToken.none))
        #expect(settings[\.runs.unfinished] == request.unfinished)
        #expect(settings[\.runs.resumeWithin] == request.resumeWithin)
        #expect(Double(settings[\.limits.maximumGrowth]) == request.maximumGrowth)
        #expect(settings[\.manifest.recordDeleted] == .halt)
    }

    /// What a setting may be that is not its default: the first of these that its row reads.
    private static let others = [
        "true", "7", "700", "50s", "33%", "05:00", "delink", "eu", "sandbox", "warn", "json",
        "as-written", "v8", "abandon", "2", "https://www.zohoapis.eu", "http://proxy:1",
        "Courses/Students", "record_id=Id", "failed", "Campaigns",
    ]

    @Test(arguments: SettingsTable.rows.filter { $0.key != nil })
    func `exactly the settings that are marked as pinned change what a run pins`(
        row: SettingRow
    ) throws {
        func pins(_ value: SettingValue?) throws -> [PinnedSetting] {
            var configuration = Configuration()
            if let value {
                configuration.entries = [
                    .init(row: row, value: value, position: SourcePosition(line: 1, column: 1))
                ]
            }
            let settings = try Settings(
                arguments: Arguments.parse(["run", "a"]), surroundings: surroundings(),
                configuration: (path: "c", content: configuration))
            let run = settings.run(try settings.endpoints(), tokens: StaticAccessToken.none)
            let format = settings.manifest.format?.rawValue ?? ""
            return PinnedSettings.values(manifest: settings.manifest, run: run)
                + [PinnedSetting("format", format)]
        }
        let other = try #require(
            Self.others.lazy.compactMap { try? row.type.parse([$0]) }
                .first { $0.text != row.defaultValue.text })
        let isChanged = try pins(other) != pins(nil)
        #expect(isChanged == row.isPinned, "\(other.text ?? "")")
    }

    @Test func `a wrong value names its source`() {
        #expect(
            throws: SettingsError.argument(
                .badValue(
                    .unexpected("0", expected: "a whole number from 1 to 1000"),
                    option: .at(\.speed.concurrency)))
        ) { try settings(["run", "a", "--concurrency", "0"]) }
        #expect(
            throws: SettingsError.variable(
                "RELSWEEP_API_DOMAIN",
                .refused(reason: "http:// is possible for this machine only, use https://"))
        ) { try settings(["run", "a"], ["RELSWEEP_API_DOMAIN": "http://a.example"]) }
    }

    @Test func `secrets come from variables, then from credentials, and are not shown`() throws {
        let both = try Credentials(
            surroundings(
                ["RELSWEEP_ACCESS_TOKEN": "one"], credentials: ["relsweep-access-token": "two"]))
        #expect(both.accessToken == "one")
        let credential = try Credentials(
            surroundings(credentials: ["relsweep-access-token": "two"]))
        #expect(credential.accessToken == "two")
        #expect(credential.clientSecret == nil)
        #expect("\(credential)" == "credentials (not shown)")
        #expect(throws: SettingsError.self) {
            try Credentials(surroundings(["RELSWEEP_ACCESS_TOKEN": "a\r\nX: y"]))
        }
    }
}

extension StaticAccessToken {
    fileprivate static var none: StaticAccessToken { StaticAccessToken(secret: "", host: "") }
}
