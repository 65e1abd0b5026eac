import JSONText
import Testing

@testable import Simulator

@Suite struct LimitsTests {
    static let second: Int64 = 1_000_000_000
    static let line = "DELETE /crm/v2/Campaigns/10/Leads/"

    static func organisation(_ change: (inout OrganisationSettings) -> Void) -> Organisation {
        var settings = OrganisationSettings()
        change(&settings)
        return Organisation(settings, world: World(.universal))
    }

    @Test func `one call more than may be active is answered 429 and not executed`() throws {
        var organisation = Self.organisation {
            $0.maximumActiveCalls = 2
            $0.sendsRetryAfter = true
            $0.latencyNanoseconds = 5
        }
        let requests = try (1...4).map { try RequestText.request(Self.line + "\($0)") }
        let first = organisation.reply(to: requests[0], at: 0)
        let second = organisation.reply(to: requests[1], at: 0)
        let third = organisation.reply(to: requests[2], at: 0)
        #expect([first.isActive, second.isActive, third.isActive] == [true, true, false])
        #expect([first.delayNanoseconds, third.delayNanoseconds] == [5, 0])
        #expect(third.status == 429)
        let body = try JSONTree.parse(third.body)
        #expect(body["code"]?.string == "TOO_MANY_REQUESTS")
        #expect(body["details"]?["retry_after"]?.number?.text == "1")
        organisation.finished()
        let fourth = organisation.reply(to: requests[3], at: 0)
        #expect(fourth.status == 200)
        let counts = organisation.ledger.counts
        #expect(counts.maximumActiveCalls == 3)
        #expect(counts.refusedByLimit == 1)
        #expect(counts.relationsRemoved == 3)
        #expect(counts.calls == 4)
        #expect(counts.creditsUsed == 3)
    }

    @Test func `calls a minute are counted in a sliding window`() throws {
        var organisation = Self.organisation { $0.maximumCallsPerMinute = 3 }
        let times: [Int64] = [0, 10, 20, 30, 59, 60, 61, 70]
        var statuses: [Int] = []
        for (index, time) in times.enumerated() {
            let reply = try OrganisationTests.ask(
                &organisation, Self.line + "\(index + 1)", at: time * Self.second)
            statuses.append(reply.status)
        }
        #expect(statuses == [200, 200, 200, 429, 429, 200, 429, 200])
        #expect(organisation.ledger.counts.maximumCallsPerMinute == 6)
    }

    @Test func `the window is a minute and not a millisecond more`() {
        var window = CallWindow()
        window.note(at: 0)
        #expect(window.count(at: 59_999_999_999) == 1)
        #expect(window.nextRelease == 60 * Self.second)
        #expect(window.count(at: 60 * Self.second) == 0)
        for call in 0..<200_000 { window.note(at: 60 * Self.second + Int64(call) * 1_000_000) }
        #expect(window.maximum == 60_000)
        #expect(window.total == 60_000)
    }

    @Test func `credits are reported past one half, and without any a call is refused`() throws {
        var organisation = Self.organisation {
            $0.dailyCredits = 4
            $0.creditsUsedBefore = 1
        }
        var seen: [String] = []
        for index in 1...4 {
            let reply = try OrganisationTests.ask(&organisation, Self.line + "\(index)")
            seen.append("\(reply.status) " + String(decoding: reply.extraFields, as: UTF8.self))
        }
        #expect(
            seen == [
                "200 X-API-CREDITS-REMAINING: 2\r\n", "200 X-API-CREDITS-REMAINING: 1\r\n",
                "200 X-API-CREDITS-REMAINING: 0\r\n", "429 X-API-CREDITS-REMAINING: 0\r\n",
            ])
        var early = Self.organisation { $0.dailyCredits = 4 }
        let reply = try OrganisationTests.ask(&early, Self.line + "1")
        #expect(reply.extraFields.isEmpty)
    }

    @Test func `latency varies evenly within its jitter`() throws {
        var organisation = Self.organisation {
            $0.latencyNanoseconds = 100
            $0.latencyJitterNanoseconds = 20
        }
        var delays: [Int64] = []
        for index in 1...500 {
            let reply = try OrganisationTests.ask(&organisation, Self.line + "\(index)")
            delays.append(reply.delayNanoseconds)
        }
        #expect(delays.min() == 80)
        #expect(delays.max() == 120)
    }
}
