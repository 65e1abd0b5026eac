import JSONText
import Testing

@testable import Simulator

@Suite struct FaultTests {
    /// The result of a bulk call of three ids under a fault plan.
    static func call(
        _ plan: String, seed: UInt64 = 1, style: AnswerStyle = .v2
    ) throws -> (reply: Reply, counts: LedgerCounts) {
        var settings = OrganisationSettings()
        settings.faults = try FaultPlan(parsing: plan)
        settings.seed = seed
        settings.style = style
        var organisation = Organisation(settings, world: World(.universal))
        let reply = try OrganisationTests.ask(
            &organisation, "DELETE /crm/v2/Campaigns/10/Leads?ids=1,2,3")
        return (reply, organisation.ledger.counts)
    }

    @Test(arguments: FaultPlan.Kind.allCases)
    func `the effect is done or not done as the plan's table says`(kind: FaultPlan.Kind) throws {
        let (reply, counts) = try Self.call(kind.rawValue)
        #expect(counts.relationsRemoved == (kind.preventsEffect ? 0 : 3))
        #expect(counts.faults == (kind.isDecoration ? [:] : [kind: 1]))
        #expect(reply.isActive)
        let statuses: [FaultPlan.Kind: Int] = [
            .tooManyRequests: 429, .rateLimitExceeded: 429, .invalidToken: 401,
            .creditsUsedUp: 429, .tooManyActive: 429, .tooManySubActive: 429, .tooManyOfDay: 429,
            .authenticationFailure: 401, .redirect: 302, .internalError: 500,
            .requestTimeout: 408, .requestTimeoutAfter: 408, .bodyTooLarge: 413,
            .addressTooLong: 414, .headerTooLarge: 431, .badRequestPage: 400, .late: 0,
            .internalErrorAfter: 500, .unavailable: 503, .unavailableAfter: 503,
            .badGatewayPage: 502, .badGatewayPageAfter: 502, .reset: 0, .resetAfter: 0, .hang: 0,
            .hangAfter: 0,
        ]
        #expect(reply.status == statuses[kind] ?? 200)
        switch kind {
        case .reset, .resetAfter:
            #expect(reply.delivery == .reset)
            #expect(counts.resets == 1)
        case .hang, .hangAfter, .late:
            #expect(reply.delivery == .never)
            #expect(counts.hangs == 1)
        case .cut:
            guard case .cut(let count) = reply.delivery else {
                Issue.record("not cut: \(reply.delivery)")
                return
            }
            #expect(count < reply.body.count)
        case .chunked:
            #expect(reply.delivery == .chunked)
        default:
            #expect(reply.delivery == .whole)
        }
    }

    static func ids(_ reply: Reply) throws -> [String?] {
        let elements = try #require(try JSONTree.parse(reply.body)["data"]?.array)
        return elements.map { $0["details"]?["id"]?.string }
    }

    @Test func `answers are distorted as named`() throws {
        for seed: UInt64 in 1...20 {
            let missing = try Self.ids(Self.call("missing-element", seed: seed).reply)
            #expect(missing.count == 2)
            let surplus = try Self.ids(Self.call("surplus-element", seed: seed).reply)
            #expect(surplus.count == 4)
            #expect(Set(surplus).isSuperset(of: ["1", "2", "3"]))
            let wrong = try Self.ids(Self.call("wrong-count", seed: seed).reply)
            #expect(wrong.count == 2 || wrong.count == 4)
            let duplicate = try Self.ids(Self.call("duplicate-element", seed: seed).reply)
            #expect(duplicate.count == 3)
            #expect(Set(duplicate).count == 2)
            let foreign = try Self.ids(Self.call("foreign-id", seed: seed).reply)
            #expect(Set(foreign).intersection(["1", "2", "3"]).count == 2)
            let none = try Self.ids(Self.call("missing-id", seed: seed).reply)
            #expect(none.filter { $0 == nil }.count == 1)
            let order = try Self.ids(Self.call("out-of-order", seed: seed).reply)
            #expect(order != ["1", "2", "3"])
            #expect(Set(order) == ["1", "2", "3"])
            let deleted = try JSONTree.parse(Self.call("record-deleted", seed: seed).reply.body)
            let messages = deleted["data"]?.array?.map { $0["message"]?.string }
            #expect(messages?.filter { $0 == "record deleted" }.count == 1)
        }
    }

    @Test func `429 and its bodies`() throws {
        let plain = try JSONTree.parse(Self.call("429").reply.body)
        #expect(plain["code"]?.string == "TOO_MANY_REQUESTS")
        #expect(plain["details"]?["retry_after"] == nil)
        let waiting = try JSONTree.parse(Self.call("429/1500ms").reply.body)
        #expect(waiting["details"]?["retry_after"]?.number?.text == "2")
        let other = try Self.call("429-rate").reply
        #expect(
            try JSONTree.parse(other.body)
                == OrganisationTests.tree(
                    """
                    {"code":"RATE_LIMIT_EXCEEDED","details":{},
                     "message":"API rate limit exceeded. Please retry after some time",
                     "status":"error"}
                    """))
    }

    @Test func `decorations go with everything`() throws {
        let (reply, _) = try Self.call("429-rate,cookies,chunked,slow/300ms")
        #expect(reply.status == 429)
        #expect(reply.delivery == .chunked)
        #expect(reply.delayNanoseconds == 300_000_000)
        let fields = String(decoding: reply.extraFields, as: UTF8.self)
        #expect(fields.contains("Set-Cookie: crmcsr="))
        #expect(fields.contains("Set-Cookie: _zcsr_tmp="))
    }

    @Test func `a refused call keeps its refusal under an element fault`() throws {
        var settings = OrganisationSettings()
        settings.faults = try FaultPlan(parsing: "wrong-count")
        var organisation = Organisation(settings, world: World(.exact))
        let reply = try OrganisationTests.ask(
            &organisation, "DELETE /crm/v2/Campaigns/10/Leads?ids=1")
        #expect(reply.status == 400)
        #expect(try JSONTree.parse(reply.body)["code"]?.string == "INVALID_DATA")
    }

    @Test func `the same seed and calls give the same replies`() throws {
        func replies(seed: UInt64) throws -> [Reply] {
            var settings = OrganisationSettings()
            settings.faults = try FaultPlan(
                parsing: "429:10%,reset-after:10%,cut:10%,foreign-id:10%,slow:20%/1ms")
            settings.seed = seed
            settings.latencyJitterNanoseconds = 1_000
            var organisation = Organisation(settings, world: World(.universal))
            return try (1...200).map {
                try OrganisationTests.ask(
                    &organisation, "DELETE /crm/v2/Campaigns/10/Leads?ids=\($0),\($0 + 1_000)")
            }
        }
        #expect(try replies(seed: 3) == replies(seed: 3))
        #expect(try replies(seed: 3) != replies(seed: 4))
    }
}
