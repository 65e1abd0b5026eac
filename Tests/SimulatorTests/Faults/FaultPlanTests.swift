import Testing

@testable import Simulator

@Suite struct FaultPlanTests {
    @Test func `a plan is read as it is documented`() throws {
        let plan = try FaultPlan(
            parsing: "429:5%/2s, 500@3,reset-before:0.5%,slow:2%/800ms,cookies,cut@3+7+10-20:1%")
        #expect(
            plan.rules == [
                .init(kind: .tooManyRequests, perMillion: 50_000, timeNanoseconds: 2_000_000_000),
                .init(kind: .internalError, calls: [3...3]),
                .init(kind: .reset, perMillion: 5_000),
                .init(kind: .slow, perMillion: 20_000, timeNanoseconds: 800_000_000),
                .init(kind: .cookies, perMillion: 1_000_000),
                .init(kind: .cut, calls: [3...3, 7...7, 10...20], perMillion: 10_000),
            ])
        #expect(try FaultPlan(parsing: " ") == .none)
        let values = try FaultPlan(
            parsing: "429-credits:1%/huge,retry-after@2/1500ms,414:1%/1500b,late:1%/3s,slow:2%")
        #expect(
            values.rules == [
                .init(kind: .creditsUsedUp, perMillion: 10_000, malformedRetryAfter: .huge),
                .init(kind: .retryAfter, calls: [2...2], timeNanoseconds: 1_500_000_000),
                .init(kind: .addressTooLong, perMillion: 10_000, sizeBytes: 1_500),
                .init(kind: .late, perMillion: 10_000, timeNanoseconds: 3_000_000_000),
                .init(kind: .slow, perMillion: 20_000),
            ])
    }

    struct Broken: Sendable {
        var text: String
        var kind: FaultPlanError.Kind
        var column: Int
    }

    static let broken: [Broken] = [
        Broken(text: "500:1%,", kind: .emptyRule, column: 8),
        Broken(text: ",500", kind: .emptyRule, column: 1),
        Broken(text: "500:1%, 501:1%", kind: .unknownKind("501"), column: 9),
        Broken(text: "429-before", kind: .unknownKind("429-before"), column: 1),
        Broken(text: "429-after", kind: .unknownKind("429-after"), column: 1),
        Broken(text: "500:1%@3", kind: .unexpectedPart("@3"), column: 7),
        Broken(text: "500@1@2", kind: .unexpectedPart("@2"), column: 6),
        Broken(text: "500@", kind: .invalidCalls(""), column: 5),
        Broken(text: "500@0", kind: .invalidCalls("0"), column: 5),
        Broken(text: "500@3-2", kind: .invalidCalls("3-2"), column: 5),
        Broken(text: "500@1-2-3", kind: .invalidCalls("1-2-3"), column: 5),
        Broken(text: "500:5", kind: .invalidShare("5"), column: 5),
        Broken(text: "500:0%", kind: .invalidShare("0%"), column: 5),
        Broken(text: "500:101%", kind: .invalidShare("101%"), column: 5),
        Broken(text: "500:1.%", kind: .invalidShare("1.%"), column: 5),
        Broken(text: "500:0.00001%", kind: .invalidShare("0.00001%"), column: 5),
        Broken(text: "500:1%/2s", kind: .valueNotAllowed("500"), column: 7),
        Broken(text: "slow/zero", kind: .invalidTime("zero"), column: 6),
        Broken(text: "429/never", kind: .invalidWait("never"), column: 5),
        Broken(text: "retry-after/-5", kind: .invalidWait("-5"), column: 13),
        Broken(text: "414/2s", kind: .invalidSize("2s"), column: 5),
        Broken(text: "html400/b", kind: .invalidSize("b"), column: 9),
        Broken(text: "slow:1%/2", kind: .invalidTime("2"), column: 9),
        Broken(text: "slow:1%/ms", kind: .invalidTime("ms"), column: 9),
        Broken(text: "slow/3601s", kind: .invalidTime("3601s"), column: 6),
        Broken(text: "500:60%,cut:41%", kind: .sharesPassHundred, column: 9),
    ]

    @Test(arguments: broken)
    func `a broken plan is refused with its place`(_ example: Broken) {
        #expect(throws: FaultPlanError(kind: example.kind, column: example.column)) {
            try FaultPlan(parsing: example.text)
        }
    }

    @Test func `an error reads well`() {
        let error = FaultPlanError(kind: .invalidShare("5"), column: 5)
        #expect(
            error.description
                == "column 5: \"5\" is no share; write a percentage from 0.0001% to 100%")
    }

    @Test func `the same seed gives the same faults, near the shares asked for`() throws {
        let plan = try FaultPlan(parsing: "429:10%,500@7:5%,slow:20%/1ms,chunked:50%")
        func decisions(seed: UInt64) -> [FaultPlan.Decision] {
            var generator = SeededGenerator(seed: seed)
            return (1...20_000).map { plan.decide(call: $0, length: 0, &generator) }
        }
        let first = decisions(seed: 1)
        #expect(first == decisions(seed: 1))
        #expect(first != decisions(seed: 2))
        #expect(first[6].fault == .internalError)
        let counts = [
            first.filter { $0.fault == .tooManyRequests }.count,
            first.filter { $0.fault == .internalError }.count,
            first.filter { $0.delayNanoseconds == 1_000_000 }.count,
            first.filter(\.isChunked).count,
        ]
        #expect((1_850...2_150).contains(counts[0]), "\(counts)")
        #expect((880...1_120).contains(counts[1]), "\(counts)")
        #expect((3_800...4_200).contains(counts[2]), "\(counts)")
        #expect((9_700...10_300).contains(counts[3]), "\(counts)")
    }

    @Test func `numbered calls come before chance, the first rule wins`() throws {
        let plan = try FaultPlan(parsing: "503:100%,500@2-3,cut@3")
        var generator = SeededGenerator(seed: 1)
        let faults = (1...4).map { plan.decide(call: $0, length: 0, &generator).fault }
        #expect(faults == [.unavailable, .internalError, .internalError, .unavailable])
    }
}
