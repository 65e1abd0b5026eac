import CommandLineTool
import Foundation
import JobModel
import Testing

private let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

private func surroundings(
    _ variables: [String: String] = [:], credentials: [String: String] = [:]
) -> Settings.Surroundings {
    Settings.Surroundings(
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

@Suite struct ValueShapeTests {
    @Test(arguments: [
        ("80ms", Duration.milliseconds(80)), ("60s", .seconds(60)), ("10m", .seconds(600)),
        ("2h", .seconds(7200)),
    ])
    func `durations have one unit`(_ text: String, _ expected: Duration) throws {
        let shape = ValueShape.duration(.zero...Duration.seconds(86_400))
        #expect(try shape.parse(text) == .duration(expected))
        #expect(
            try shape.parse(DurationText.exact(expected)) == .duration(expected))
    }

    @Test(arguments: ["", "60", "s", "1.5s", "-1s", "1 s", "1d", "99999999999999999999s", "25h"])
    func `what is no duration is refused`(_ text: String) {
        let shape = ValueShape.duration(.zero...Duration.seconds(86_400))
        #expect(throws: ValueError.self) { try shape.parse(text) }
    }

    @Test func `a duration without its unit suggests seconds`() {
        #expect {
            try SettingKey.timeout.shape.parse("30")
        } throws: { error in
            (error as? ValueError)?.message
                == "\"30\" is not a time from 100ms to 1h, such as 80ms, 60s, 10m or 2h; did you "
                + "mean \"30s\"?"
        }
    }

    @Test func `failures are a number or a percentage`() throws {
        let shape = ValueShape.failureBudget
        #expect(try shape.parse("500") == .failureBudget(.count(500)))
        #expect(try shape.parse("0") == .failureBudget(.count(0)))
        #expect(
            try shape.parse("12.5%") == .failureBudget(.percent(12.5, minimumFinal: 200)))
        for text in ["", "%", "101%", "1e1%", "-5", "5 %", "nan%", ".5%", "5.%"] {
            #expect(throws: ValueError.self, "\(text)") { try shape.parse(text) }
        }
    }

    @Test func `times of day may have an offset`() throws {
        func parse(_ text: String) throws -> SettingValue { try ValueShape.timeOfDay.parse(text) }
        #expect(try parse("06:00") == .timeOfDay(TimeOfDay(hour: 6, minute: 0)))
        #expect(
            try parse("23:59Z") == .timeOfDay(TimeOfDay(hour: 23, minute: 59, offsetMinutes: 0)))
        #expect(
            try parse("06:30+05:30")
                == .timeOfDay(TimeOfDay(hour: 6, minute: 30, offsetMinutes: 330)))
        #expect(
            try parse("06:30-02:00")
                == .timeOfDay(TimeOfDay(hour: 6, minute: 30, offsetMinutes: -120)))
        for text in ["6:00", "24:00", "12:60", "12:00+2", "12:00+15:00", "12:00 Z", "noon", ""] {
            #expect(throws: ValueError.self, "\(text)") { try parse(text) }
        }
    }

    @Test(arguments: [
        "http://joe:hush@h:1", "socks5h://hush@h", "joe:hush@h", "htp://joe:hush@h", "hush",
        "http://h:hush", "http://h/hush", "HTTP://joe:hush@h",
    ])
    func `no error repeats a proxy, which may hold a password`(text: String) {
        #expect {
            try ValueShape.proxy.parse(text)
        } throws: { error in
            guard let error = error as? ValueError else { return false }
            return !error.message.contains("hush") && !"\(error)".contains("hush")
        }
    }

    @Test func `names, lists and addresses keep to their grammars`() {
        let good: [(ValueShape, String)] = [
            (.identifier, "nightly-1.b_C"), (.apiName, "Price_Books"),
            (.relatedLists, "Courses/Students"), (.relatedLists, "Courses/List_1:Students"),
            (.columns, "record_id=Campaign Id"),
            (.columns, "carry=Mobile"), (.columns, "field:list_price:number=Price"),
            (.proxy, "http://proxy.example.org:3128"), (.proxy, "socks5h://127.0.0.1:1080"),
            (.address(allowsPath: false), "https://www.zohoapis.eu"),
            (.address(allowsPath: false), "http://127.0.0.1:8080"),
        ]
        for (shape, text) in good {
            #expect(throws: Never.self, "\(text)") { try shape.parse(text) }
        }
        let bad: [(ValueShape, String)] = [
            (.identifier, "-a"), (.identifier, "a/b"), (.identifier, ".."), (.apiName, "9a"),
            (.relatedLists, "Courses"), (.relatedLists, "A/B/C"),
            (.relatedLists, "A/B:"), (.relatedLists, "A:B/C"), (.relatedLists, "A/B:C:D"),
            (.columns, "record_id="),
            (.columns, "recordid=x"), (.columns, "x"), (.proxy, "proxy.example.org"),
            (.proxy, "ftp://a"), (.address(allowsPath: false), "http://www.zohoapis.eu"),
            (.address(allowsPath: false), "https://www.zohoapis.eu/crm"),
        ]
        for (shape, text) in bad {
            #expect(throws: ValueError.self, "\(text)") { try shape.parse(text) }
        }
    }
}

@Suite struct ConfigurationTests {
    @Test func `the documented file has every key with its default, and no other`() throws {
        let path = repository.appending(path: "config/relsweep.json5")
        let configuration = try Configuration.parse(Array(Data(contentsOf: path)))
        #expect(
            configuration.entries.map(\.key.rawValue).sorted()
                == SettingKey.allCases.map(\.rawValue).sorted())
        for entry in configuration.entries {
            #expect(entry.value == entry.key.defaultValue, "\(entry.key)")
        }
    }

    @Test func `every option and variable of a setting is named in the documented file`() throws {
        let path = repository.appending(path: "config/relsweep.json5")
        let text = try String(contentsOf: path, encoding: .utf8)
        for key in SettingKey.allCases {
            if let option = key.option { #expect(text.contains(option.spelling), "\(key)") }
            if let variable = key.variable { #expect(text.contains("$" + variable), "\(key)") }
        }
    }

    @Test(arguments: [
        ("{", "1:2: the text ends here, expected "),
        ("[]", "1:1: the configuration must be one object: { … }"),
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
            "1:3: credentials are not kept in the configuration; set RELSWEEP_ACCESS_TOKEN, use a "
                + "systemd credential, or name a file: credentials.accessTokenFile"
        ),
        ("{ retry: \"failed\" }", "1:10: \"retry\" must be an array of strings: [ … ]"),
        (
            "{ retry: [\"faild\"] }",
            "1:11: \"retry\": \"faild\" is not one or more of failed, blocked, unknown; did you "
                + "mean \"failed\"?"
        ),
        (
            "{ manifest: { columns: { record_ids: \"a\" } } }",
            "1:26: \"manifest.columns\": "
        ),
        ("{ yes: true, yes: true }", "1:14: the key \"yes\" stands twice in the same object"),
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
        #expect(settings[.concurrency] == .init(value: .integer(5), source: .standard))
        settings = try self.settings(["run", "a"], configuration: "{\n concurrency: 7 }")
        #expect(settings.integer(.concurrency) == 7)
        #expect(settings[.concurrency].source.text == "c.json5:2:15")
        settings = try self.settings(
            ["run", "a", "--concurrency", "9"], configuration: "{ concurrency: 7 }")
        #expect(
            settings[.concurrency] == .init(value: .integer(9), source: .option(.concurrency)))
    }

    @Test func `a variable is stronger than a credential, and that than the configuration`() throws
    {
        let configuration = "{ apiDomain: \"https://c.example\" }"
        let credentials = ["relsweep-api-domain": "https://b.example"]
        let variables = ["RELSWEEP_API_DOMAIN": "https://a.example"]
        var settings = try settings(["run", "a"], configuration: configuration)
        #expect(settings.text(.apiDomain) == "https://c.example")
        settings = try self.settings(
            ["run", "a"], credentials: credentials, configuration: configuration)
        #expect(settings.text(.apiDomain) == "https://b.example")
        #expect(settings[.apiDomain].source.text == "/credentials/relsweep-api-domain")
        settings = try self.settings(
            ["run", "a"], variables, credentials: credentials, configuration: configuration)
        #expect(settings.text(.apiDomain) == "https://a.example")
        #expect(settings[.apiDomain].source.text == "$RELSWEEP_API_DOMAIN")
    }

    @Test func `null and an empty variable leave a setting as it is`() throws {
        let settings = try settings(
            ["run", "a"], ["RELSWEEP_DATA_CENTER": ""], configuration: "{ dataCenter: null }")
        #expect(settings[.dataCentre] == .init(value: .text("us"), source: .standard))
    }

    @Test func `repeated options add up`() throws {
        let settings = try settings([
            "run", "a", "--column", "record_id=A", "--column", "related_id=B", "--retry",
            "failed,unknown", "--retry", "failed",
        ])
        #expect(settings.words(.retry) == ["failed", "unknown"])
        #expect(
            settings[.columns].value
                == .columns([
                    ColumnMapping(column: "record_id", header: "A"),
                    ColumnMapping(column: "related_id", header: "B"),
                ]))
    }

    @Test func `a wrong value names its source`() {
        #expect(
            throws: SettingsError.argument(
                .badValue(
                    .unexpected("0", expected: "a whole number from 1 to 1000"),
                    option: .concurrency))
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
