import JSONText
import Testing

@testable import Simulator

/// Answers of intermediaries, invalid waits, and late effects.
@Suite struct OutageFaultTests {
    static func organisation(
        _ plan: String, _ change: (inout OrganisationSettings) -> Void = { _ in }
    ) throws -> Organisation {
        var settings = OrganisationSettings()
        settings.style = .v8
        settings.faults = try FaultPlan(parsing: plan)
        // Sun, 06 Nov 1994 08:49:37 GMT.
        settings.epochMilliseconds = 784_111_777_000
        change(&settings)
        return Organisation(settings, world: World(.universal))
    }

    static func delink(_ organisation: inout Organisation, _ ids: String = "1") throws -> Reply {
        try OrganisationTests.ask(&organisation, "DELETE /crm/v8/Campaigns/10/Leads?ids=\(ids)")
    }

    static func fields(_ reply: Reply) -> [String] {
        String(decoding: reply.extraFields, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    @Test(
        arguments: [
            ("408", "408 Request Timeout"), ("413", "413 Request Entity Too Large"),
            ("414", "414 Request-URI Too Long"), ("431", "431 Request Header Fields Too Large"),
            ("html400", "400 Bad Request"), ("html502", "502 Bad Gateway"), ("html200", "Sign in"),
        ])
    func `a page says in HTML what happened`(plan: String, title: String) throws {
        for service in ["crm/v8/Campaigns/10/Leads?ids=1", "creator/v2.1/data/o/a/report/r"] {
            var organisation = try Self.organisation(plan)
            let reply = try OrganisationTests.ask(&organisation, "DELETE /\(service)")
            #expect(reply.contentType == .html)
            let text = String(decoding: reply.body, as: UTF8.self)
            #expect(text.contains("<h1>\(title)</h1>"))
        }
    }

    @Test func `an empty object and an empty body come with 200`() throws {
        for suffix in ["", "-after"] {
            var organisation = try Self.organisation("empty-object\(suffix)")
            #expect(try Self.delink(&organisation).body == Array("{}".utf8))
            organisation = try Self.organisation("empty200\(suffix)")
            let reply = try Self.delink(&organisation)
            #expect(reply.status == 200 && reply.body.isEmpty)
        }
    }

    @Test func `a fault with a size affects only longer requests`() throws {
        // `/crm/v8/Campaigns/10/Leads?ids=1` has 32 bytes.
        for kind in ["413", "414", "431", "html400"] {
            var organisation = try Self.organisation("\(kind)/32b")
            #expect(try Self.delink(&organisation, "1").status == 200)
            let status = try Self.delink(&organisation, "12").status
            #expect(status == Int(kind.suffix(3)))
            let body = #"{"data":[{"id":"1"}]}"#
            #expect(
                try OrganisationTests.ask(
                    &organisation, "PUT /crm/v8/Campaigns/10/Leads", body: body
                ).status == status)
            #expect(organisation.ledger.counts.relationsRemoved == 1)
            #expect(organisation.ledger.counts.faults.values.reduce(0, +) == 2)
        }
    }

    static let waits = [
        ("2s", "2", true), ("1001ms", "2", true), ("zero", "0", true), ("negative", "-5", true),
        ("fraction", "0.5", true), ("huge", "99999999999999999999", true), ("text", "soon", false),
        ("empty", "", false), ("date", "Sun, 06 Nov 1994 08:49:39 GMT", false),
        ("past", "Sun, 06 Nov 1994 08:49:37 GMT", false),
    ]

    @Test(arguments: waits)
    func `a wait is given in the body of a 429, or in a header`(
        word: String, text: String, isNumber: Bool
    ) throws {
        var organisation = try Self.organisation("429/\(word)")
        let wait = try JSONTree.parse(Self.delink(&organisation).body)["details"]?["retry_after"]
        #expect(wait?.number?.text == (isNumber ? text : nil))
        #expect(wait?.string == (isNumber ? nil : text))
        for (fault, isTold) in [("503", true), ("429-rate", true), ("500", true), ("413", false)] {
            organisation = try Self.organisation("\(fault),retry-after/\(word)")
            let reply = try Self.delink(&organisation)
            #expect(Self.fields(reply) == (isTold ? ["Retry-After: \(text)"] : []))
        }
    }

    @Test func `a 429 names its cause`() throws {
        let words = [
            ("429-credits", "credits for the 24 hour period"),
            ("429-concurrency", "The concurrency"),
            ("429-sub", "sub-concurrency"),
        ]
        for (plan, words) in words {
            var organisation = try Self.organisation(plan)
            let body = try JSONTree.parse(Self.delink(&organisation).body)
            #expect(body["code"]?.string == "TOO_MANY_REQUESTS")
            #expect(body["message"]?.string?.contains(words) == true)
        }
        var organisation = try Self.organisation("429-day")
        let old = try JSONTree.parse(Self.delink(&organisation).body)
        #expect(old["code"]?.number?.text == "429")
        #expect(old["error"]?.string == "TOO_MANY_REQUESTS")
        #expect(old["error_info"]?.string?.contains("past 24 hours") == true)
        organisation = try Self.organisation("429-credits")
        let creator = try OrganisationTests.ask(
            &organisation, "DELETE /creator/v2.1/data/o/a/report/r")
        #expect(creator.status == 200)
        #expect(try JSONTree.parse(creator.body)["code"]?.number?.text == "4000")
    }

    @Test func `negative credits are reported`() throws {
        var organisation = try Self.organisation("negative-credits")
        #expect(try Self.fields(Self.delink(&organisation)) == ["X-API-CREDITS-REMAINING: -1"])
    }

    @Test func `a late call is done behind the next call's effect, and never answered`() throws {
        var organisation = try Self.organisation("late@1")
        let late = try Self.delink(&organisation, "1,2")
        #expect(late.delivery == .never)
        #expect(organisation.ledger.counts.relationsRemoved == 0)
        // A call of the other service is not the next one.
        _ = try OrganisationTests.ask(&organisation, "DELETE /creator/v2.1/data/o/a/report/r")
        #expect(organisation.ledger.counts.relationsRemoved == 0)
        // The next call finds the relation and removes it; the late one then finds it gone.
        #expect(try Self.delink(&organisation, "1").status == 200)
        let counts = organisation.ledger.counts
        #expect(counts.relationsRemoved == 2)
        #expect(counts.alreadyGone == 1)
        #expect(counts.faults == [.late: 1])
    }

    @Test func `a late call with a time is done when it has passed`() throws {
        var organisation = try Self.organisation("late@1/3s")
        _ = try Self.delink(&organisation, "1")
        func removed(at seconds: Int64) throws -> Int {
            _ = try OrganisationTests.ask(
                &organisation, "GET /crm/v8/Leads/1", at: seconds * 1_000_000_000)
            return organisation.ledger.counts.relationsRemoved
        }
        #expect(try removed(at: 2) == 0)
        #expect(try removed(at: 3) == 1)
        #expect(try removed(at: 9) == 1)
    }
}
