import Execution
import JobModel
import Journaling
import Running
import Synchronization
import SystemCalls
import Testing
import ZohoAPI

@Suite(.timeLimit(.minutes(20))) struct RunnerTests {
    /// A journal in memory: durable at once, until it is to fail.
    final class MemorySink: RecordSink {
        private let records = Mutex<[JournalRecord]>([])
        private let batches = Mutex<[Int]>([])
        private let post: @Sendable (EngineEvent) -> Void
        private let failsAfter: Int

        init(failsAfter: Int, post: @escaping @Sendable (EngineEvent) -> Void) {
            self.failsAfter = failsAfter
            self.post = post
        }

        var all: [JournalRecord] { records.withLock { $0 } }
        var batchSizes: [Int] { batches.withLock { $0 } }

        func append(_ new: [JournalRecord], firstSequence: UInt64) {
            let (first, total) = records.withLock { records in
                let first = records.count
                records += new
                return (first, records.count)
            }
            batches.withLock { $0.append(new.count) }
            if total <= failsAfter {
                post(.recordsDurable(through: firstSequence + UInt64(new.count) - 1))
            } else if first <= failsAfter {
                post(.journalFailed("write journal: No space left on device"))
            }
        }
    }

    static func setup(parents: Int, itemsEach: Int) throws -> (EngineSetup, [String]) {
        let kind = RelationKind(
            operation: .delink, module: try #require(APIName("Campaigns")),
            relatedList: try #require(APIName("Leads")))
        var plan = CallPlan()
        plan.kinds = [PlannedKind(kind: kind)]
        var links: [String] = []
        var row: UInt32 = 0
        for parent in 1...parents {
            plan.callKinds.append(0)
            plan.callParents.append(UInt64(parent))
            for item in 1...itemsEach {
                row += 1
                plan.rows.append(row)
                plan.related.append(UInt64(1_000 * parent + item))
                links.append("\(parent)/\(1_000 * parent + item)")
            }
            plan.callStarts.append(UInt32(plan.rows.count))
        }
        var recovered = RecoveredRun()
        recovered.nextSequence = 1
        let setup = EngineSetup(
            plan: plan, itemCount: plan.itemCount, recovered: recovered, limits: RunLimits(),
            profile: ServiceProfile(), seed: 7, wallMillisecondsAtZero: 1_795_224_575_000)
        return (setup, links)
    }

    struct Played {
        var end: RunEnding
        var sink: MemorySink
        var service: FakeService
        var board: ProgressSnapshot
    }

    static func play(
        _ setup: EngineSetup, links: [String], failsAfter: Int = .max, drains: Bool = false,
        notice: @escaping @Sendable (RunNotice) -> Void = { _ in },
        body: @escaping @Sendable (APIRequest) throws(RunningError) -> [UInt8] = { _ in [] },
        whileBodyIsMade: @escaping @Sendable (Runner) -> Void = { _ in },
        behaviour: @escaping @Sendable (Int, APIRequest) -> FakeService.Behaviour = { _, _ in
            .answers
        }
    ) async throws -> Played {
        let service = FakeService(links: links, behaviour: behaviour)
        let board = ProgressSnapshot()
        let sinks = Mutex<MemorySink?>(nil)
        let clock = RunClock()
        let kept = Mutex<Runner?>(nil)
        let end = try await withCheckedThrowingContinuation { continuation in
            let runner = Runner(
                setup,
                environment: Runner.Environment(
                    transport: service.factory,
                    tokens: StaticAccessToken(secret: "s", host: "h"),
                    journal: { post in
                        let sink = MemorySink(failsAfter: failsAfter, post: post)
                        sinks.withLock { $0 = sink }
                        return sink
                    }, now: { clock.now() }, notice: notice,
                    body: { (request) throws(RunningError) in
                        if let runner = kept.withLock({ $0 }) { whileBodyIsMade(runner) }
                        return try body(request)
                    }),
                board: board, finished: { continuation.resume(returning: $0) })
            kept.withLock { $0 = runner }
            do {
                try runner.start()
                if drains { runner.drain() }
            } catch {
                continuation.resume(throwing: error)
            }
        }
        let sink = try #require(sinks.withLock { $0 })
        return Played(end: end, sink: sink, service: service, board: board)
    }

    @Test func `the engine's imperatives reach the world and its facts come back`() async throws {
        let (setup, links) = try Self.setup(parents: 40, itemsEach: 3)
        let played = try await Self.play(setup, links: links)
        #expect(played.end.exit == .done)
        #expect(played.end.progress.counts[.removed] == 120)
        #expect(played.board.progress.counts[.removed] == 120)
        #expect(played.service.links.isEmpty)
        #expect(played.service.isClosed)
        #expect(played.service.maximumInFlight == 5)
        // The records of a call and of its attempt go to the writer together.
        #expect(played.sink.batchSizes.contains { $0 > 1 })
        var durableBefore: Set<UInt32> = []
        for record in played.sink.all {
            if case .call(let call) = record { durableBefore.insert(call.call) }
            if case .attempt(let attempt) = record { #expect(durableBefore.contains(attempt.call)) }
        }
    }

    @Test func `after the disk has failed nothing leaves, and what is not recorded is reported`()
        async throws
    {
        let (setup, links) = try Self.setup(parents: 40, itemsEach: 3)
        for failsAfter in [0, 2, 3, 7, 20, 55] {
            let played = try await Self.play(setup, links: links, failsAfter: failsAfter)
            #expect(played.end.exit == .journal)
            #expect(played.end.reason == .journal)
            #expect(played.end.text.contains("No space left on device"))
            let done = played.end.progress.counts[.removed]
            let unrecorded = played.end.unrecorded.reduce(0) { count, record in
                guard case .answer(let answer) = record else { return count }
                return count + (answer.outcomes.isEmpty ? 0 : 3)
            }
            #expect(done + unrecorded == 120 - played.service.links.count)
        }
    }

    @Test func `a body that can't be read stops the run, and its update never leaves`()
        async throws
    {
        var (setup, _) = try Self.setup(parents: 3, itemsEach: 2)
        setup.plan.kinds = [
            PlannedKind(
                kind: RelationKind(
                    operation: .update, module: try #require(APIName("Campaigns")),
                    relatedList: try #require(APIName("Leads"))))
        ]
        let played = try await Self.play(
            setup, links: [],
            body: { (request) throws(RunningError) in
                #expect(request.bodyItems.map(\.row) == [1, 2])
                throw RunningError(.disk, "the snapshot is gone")
            })
        #expect(played.end.exit == .journal)
        #expect(played.end.text.contains("the snapshot is gone"))
        #expect(played.service.requestCount == 0)
    }

    @Test func `an update leaves with the body that was made for it`() async throws {
        var (setup, _) = try Self.setup(parents: 1, itemsEach: 2)
        setup.plan.kinds = [
            PlannedKind(
                kind: RelationKind(
                    operation: .update, module: try #require(APIName("Campaigns")),
                    relatedList: try #require(APIName("Leads"))))
        ]
        let sent = Mutex<[APIRequest]>([])
        let played = try await Self.play(
            setup, links: [],
            body: { (request) throws(RunningError) in
                UpdateRequest.body(
                    request.bodyItems.map { ($0.id, Array(#"{"a":50.560}"#.utf8)) })
            },
            behaviour: { _, request in
                sent.withLock { $0.append(request) }
                let elements = [1_001, 1_002].map {
                    #"{"code":"SUCCESS","details":{"id":"\#($0)"},"message":"","status":"success"}"#
                }
                return .says(status: 200, "{\"data\":[\(elements.joined(separator: ","))]}")
            })
        #expect(played.end.progress.counts[.updated] == 2)
        let request = try #require(sent.withLock { $0.first })
        #expect(request.bodyItems.isEmpty)
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"data":[{"id":"1001","a":50.560},{"id":"1002","a":50.560}]}"#)
    }

    /// The body of an update is read from the disk on a queue of its own, which takes time.
    @Test func `an update whose body is made while the run begins to stop never leaves`()
        async throws
    {
        var (setup, links) = try Self.setup(parents: 1, itemsEach: 2)
        let kind = RelationKind(
            operation: .update, module: try #require(APIName("Campaigns")),
            relatedList: try #require(APIName("Leads")))
        setup.plan.kinds = [PlannedKind(kind: kind)]
        let played = try await Self.play(
            setup, links: links, whileBodyIsMade: { $0.drain() })
        #expect(played.end.reason == .signal)
        #expect(played.end.progress.attemptCount == 0)
        #expect(played.service.requestCount == 0)
        let verdicts = played.sink.all.compactMap { record in
            if case .answer(let answer) = record { answer.verdict } else { nil }
        }
        #expect(verdicts == [.unsent])
    }

    @Test func `a drain at any moment accounts for everything`() async throws {
        let (setup, links) = try Self.setup(parents: 3, itemsEach: 1)
        let played = try await Self.play(setup, links: links, drains: true)
        #expect(played.end.reason == .signal || played.end.reason == .completed)
        let counts = played.end.progress.counts
        #expect(counts[.removed] == 3 - played.service.links.count)
        #expect(counts[.removed] + counts.pending == 3)
    }

    @Test func `notices come in order and before the end`() async throws {
        let (setup, links) = try Self.setup(parents: 20, itemsEach: 2)
        let notices = Mutex(0)
        let played = try await Self.play(
            setup, links: links, notice: { _ in notices.withLock { $0 += 1 } },
            behaviour: { number, _ in
                number == 3
                    ? .says(
                        status: 429,
                        #"{"code":"TOO_MANY_REQUESTS","details":{},"message":"","status":"error"}"#
                    ) : .answers
            })
        #expect(played.end.exit == .done)
        #expect(notices.withLock { $0 } > 0)
        #expect(played.end.progress.counts[.removed] == 40)
    }

    @Test func `a transport that can't be made ends the start`() async throws {
        struct NoNetwork: Error {}
        let (setup, _) = try Self.setup(parents: 1, itemsEach: 1)
        let runner = Runner(
            setup,
            environment: Runner.Environment(
                transport: { _, _, _ in throw NoNetwork() },
                tokens: StaticAccessToken(secret: "s", host: "h"),
                journal: { MemorySink(failsAfter: 0, post: $0) }, now: { .zero }, notice: { _ in }),
            board: ProgressSnapshot(), finished: { _ in })
        #expect(throws: NoNetwork.self) { try runner.start() }
    }
}
