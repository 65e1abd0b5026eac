import Dispatch
import Execution
import Foundation
import JobModel
import Synchronization
import SystemCalls
import TestSupport
import Testing
import ZohoAPI

@testable import Running

@Suite(.timeLimit(.minutes(20))) struct RefreshingTokensTests {
    @Test func `twenty that start at once make one exchange`() async throws {
        let world = try TokenFixture()
        let all = try (0..<20).map { _ in try world.tokens() }
        let answers = await withTaskGroup(of: TokenAnswer.self) { group in
            for tokens in all { group.addTask { await tokens.get() } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.compactMap(\.secret) == Array(repeating: "token-1", count: 20))
        #expect(answers.compactMap(\.generation) == Array(repeating: 1, count: 20))
        #expect(world.accounts.exchangeCount == 1)
    }

    @Test func `twenty whose token is refused at once make one exchange more`() async throws {
        let world = try TokenFixture()
        let all = try (0..<20).map { _ in try world.tokens() }
        for tokens in all { _ = await tokens.get() }
        all[0].accepted(generation: 1)
        all[0].flush()
        let answers = await withTaskGroup(of: TokenAnswer.self) { group in
            // Each three times, as calls in flight would.
            for tokens in all + all + all { group.addTask { await tokens.get(refused: 1) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.compactMap(\.secret) == Array(repeating: "token-2", count: 60))
        #expect(world.accounts.exchangeCount == 2)
        // The old one is still available to its waiters.
        #expect(all[0].token(generation: 1)?.secret == "token-1")
        #expect(all[0].current()?.generation == 2)
    }

    @Test func `the file is for its owner alone, and holds the token`() async throws {
        let world = try TokenFixture()
        _ = try await world.tokens().get()
        let manager = FileManager.default
        let folder = world.directory.path + "/state/tokens"
        let names = try manager.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.count == 2)
        #expect(names.allSatisfy { !$0.contains("refresh") && !$0.contains("client") })
        for name in names + ["."] {
            let mode = try manager.attributesOfItem(atPath: folder + "/" + name)[.posixPermissions]
            #expect(mode as? Int == (name == "." ? 0o700 : 0o600), "\(name)")
        }
        let text = try String(contentsOfFile: world.cache.recordPath, encoding: .utf8)
        #expect(text.contains("token-1"))
        #expect(!text.contains("\"refresh\""))
    }

    @Test func `a file that others can read is not trusted, and replaced`() async throws {
        let world = try TokenFixture()
        _ = try await world.tokens().get()
        chmod(world.cache.recordPath, 0o644)
        #expect(try await world.tokens().get().secret == "token-2")
        let attributes = try FileManager.default.attributesOfItem(atPath: world.cache.recordPath)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test(arguments: [".json", ".lock"])
    func `no link is followed`(ending: String) async throws {
        let world = try TokenFixture()
        _ = try await world.tokens().get()
        let path = world.cache.recordPath.replacing(".json", with: ending)
        let victim = try world.directory.write("mine", to: "victim")
        try FileManager.default.removeItem(atPath: path)
        try symbolicLink(path, to: victim)
        if ending == ".lock" {
            #expect(throws: RunningError.self) { try world.tokens() }
        } else {
            let problem = try await world.tokens().get().problem
            guard case .cacheFailed? = problem else {
                Issue.record("\(String(describing: problem))")
                return
            }
        }
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "mine")
        #expect(world.accounts.exchangeCount == 1)
    }

    @Test func `without a place for the shared token none is requested`() async throws {
        let world = try TokenFixture()
        let tokens = try world.tokens()
        try FileManager.default.removeItem(atPath: world.directory.path + "/state/tokens")
        guard case .cacheFailed? = await tokens.get().problem else {
            Issue.record("a token was given")
            return
        }
        #expect(world.accounts.exchangeCount == 0)
    }

    @Test func `a locked-out token is waited for once, visibly`() async throws {
        let world = try TokenFixture([FakeAccounts.lockedOut])
        let tokens = try world.tokens()
        tokens.watch(
            TokenWatch(noticed: { notice in world.notices.withLock { $0.append(notice) } }))
        #expect(await tokens.get().secret == "token-2")
        #expect(world.time.waits == [600_001])
        guard
            case .servicePaused(.accounts, seconds: 600, let message)? = world.notices.withLock({
                $0.first
            })
        else {
            Issue.record("no notice was given")
            return
        }
        #expect(message.text.contains("Access Denied"))
    }

    @Test func `a second lock-out ends the wait, and others find it`() async throws {
        let world = try TokenFixture([FakeAccounts.lockedOut, FakeAccounts.lockedOut])
        guard case .throttled(let text)? = try await world.tokens().get().problem else {
            Issue.record("not throttled")
            return
        }
        #expect(text.contains("Access Denied"))
        #expect(text.contains("start again after 2023-11-14"))
        #expect(world.accounts.exchangeCount == 2)
        // The next process waits the rest out, and asks once.
        #expect(try await world.tokens().get().secret == "token-3")
    }

    @Test func `a wait past a bound of the run is none`() async throws {
        let world = try TokenFixture([FakeAccounts.lockedOut])
        let short = try world.tokens { $0.longestWait = .seconds(599) }
        guard case .throttled? = await short.get().problem else {
            Issue.record("not throttled")
            return
        }
        let window = try world.tokens()
        window.watch(
            TokenWatch(startDeadlineMilliseconds: world.time.now.wallMilliseconds + 599_999))
        guard case .throttled? = await window.get().problem else {
            Issue.record("not throttled")
            return
        }
        #expect(world.time.waits.isEmpty)
        #expect(world.accounts.exchangeCount == 1)
    }

    @Test func `refused credentials are asked for once, not by every process`() async throws {
        let world = try TokenFixture([FakeAccounts.refused("invalid_client")])
        for _ in 0..<5 {
            let problem = try await world.tokens().get().problem
            guard case .refused(let text)? = problem else {
                Issue.record("not refused: \(String(describing: problem))")
                return
            }
            #expect(text.contains("invalid_client"))
            #expect(text.contains("data centre"))
        }
        #expect(world.accounts.exchangeCount == 1)
        #expect(try await world.tokens(credentials: "changed").get().secret == "token-2")
    }

    @Test func `a secret that the server repeats is not passed on`() async throws {
        let world = try TokenFixture([
            FakeAccounts.refused("invalid_code", said: "no such code: hush-hush")
        ])
        guard
            case .refused(let text)? = try await world.tokens(secrets: ["hush-hush"]).get().problem
        else {
            Issue.record("not refused")
            return
        }
        #expect(!text.contains("hush"))
        let file = try String(contentsOfFile: world.cache.recordPath, encoding: .utf8)
        #expect(!file.contains("hush"))
    }

    @Test func `a token that is refused fresh is not asked for by the next runs`() async throws {
        let world = try TokenFixture()
        let first = try world.tokens()
        #expect(await first.get().generation == 1)
        #expect(await first.get(refused: 1).generation == 2)
        first.refusedPermanently(generation: 2)
        first.flush()
        for _ in 0..<5 {
            guard case .refused(let text)? = try await world.tokens().get().problem else {
                Issue.record("not refused")
                return
            }
            #expect(text.contains("data centre"))
        }
        #expect(world.accounts.exchangeCount == 2)
    }

    @Test func `an unreachable server is asked again until the bound, at growing distances`()
        async throws
    {
        let lost = ExchangeOutcome.failure(TransportFailure(.connectionLost, "reset"))
        let world = try TokenFixture(Array(repeating: lost, count: 4))
        #expect(try await world.tokens().get().secret == "token-5")
        #expect(world.time.waits == [501, 1_001, 2_001, 4_001])
        let dead = try TokenFixture(
            Array(repeating: .failure(TransportFailure(.notSent, "refused")), count: 1_000))
        guard case .unreachable(let text)? = try await dead.tokens().get().problem else {
            Issue.record("not unreachable")
            return
        }
        #expect(text.contains("refused"))
        #expect(dead.time.waits.reduce(0, +) <= 600_000)
    }

    @Test func `what is left to give up bounds each exchange after the first`() async throws {
        let lost = ExchangeOutcome.failure(TransportFailure(.timedOut, "timeout"))
        let world = try TokenFixture(Array(repeating: lost, count: 1_000))
        // Each takes two seconds until it fails.
        world.accounts.onExchange { world.time.advance(2_000) }
        let began = world.time.now.uptimeMilliseconds
        guard
            case .unreachable? = try await world.tokens(change: { $0.giveUp = .seconds(5) })
                .get().problem
        else {
            Issue.record("not unreachable")
            return
        }
        // Two seconds, half a second's wait, two and a half that are left.
        #expect(
            world.accounts.bounds
                == [CurlAccountsService.maximumTimeout, .milliseconds(5_000 - 2_501)])
        #expect(world.time.now.uptimeMilliseconds - began <= 5_000)
    }

    @Test func `a renewal ahead of time that fails shortens no later wait`() async throws {
        let lost = ExchangeOutcome.failure(TransportFailure(.timedOut, "timeout"))
        let world = try TokenFixture([FakeAccounts.issued("first"), lost, lost])
        let tokens = try world.tokens { $0.giveUp = .seconds(5) }
        #expect(await tokens.get().secret == "first")
        tokens.whenRenewed { _ in }
        #expect(await world.accounts.hasExchanged(4))
        tokens.whenRenewed(nil)
        #expect(
            world.accounts.bounds.allSatisfy { $0 == CurlAccountsService.maximumTimeout })
    }

    @Test func `answers that are none count as exchanges, requests that never left do not`()
        async throws
    {
        let lost = ExchangeOutcome.failure(TransportFailure(.timedOut, "timeout"))
        let world = try TokenFixture(Array(repeating: lost, count: 1_000))
        _ = try await world.tokens().get()
        // Ten in a window of ten minutes, however many processes come.
        _ = try await world.tokens().get()
        #expect(world.accounts.exchangeCount <= 20)
        let record = try world.cache.read(at: world.time.now)
        let spread = zip(record.exchanges.dropFirst(9), record.exchanges).map { $0 - $1 }
        #expect(spread.allSatisfy { $0 <= 600_000 })
        #expect(record.exchanges.count == 10)
    }

    @Test func `a token is renewed before its end, by one for all`() async throws {
        let world = try TokenFixture()
        let all = try (0..<5).map { _ in try world.tokens() }
        for tokens in all { _ = await tokens.get() }
        // The first renewal timer skips 55 minutes.
        let renewed = await withCheckedContinuation { continuation in
            let isDone = Mutex(false)
            all[0].whenRenewed { token in
                let isFirst = isDone.withLock { done in
                    defer { done = true }
                    return !done
                }
                if isFirst {
                    all[0].whenRenewed(nil)
                    continuation.resume(returning: token)
                }
            }
        }
        #expect(renewed.generation >= 2)
        var generations: [Int] = []
        for tokens in all.dropFirst() {
            generations.append(try #require(await tokens.get(refused: 1).generation))
        }
        // Time is skipped until the first does not care any more: by then it may have renewed once
        // more, but never one for each.
        let exchangeCount = world.accounts.exchangeCount
        #expect(generations == generations.sorted())
        #expect(generations.allSatisfy { (2...exchangeCount).contains($0) })
        #expect(exchangeCount < all.count)
    }

    @Test func `renewals ahead of time spend half of ten minutes' exchanges at most`()
        async throws
    {
        let short = FakeAccounts.issued("short", .seconds(20))
        let world = try TokenFixture(Array(repeating: short, count: 1_000))
        let moments = Mutex<[Int64]>([])
        world.accounts.onExchange {
            moments.withLock { $0.append(world.time.now.uptimeMilliseconds) }
        }
        let tokens = try world.tokens()
        #expect(await tokens.get().secret == "short")
        tokens.whenRenewed { _ in }
        #expect(await world.accounts.hasExchanged(8))
        tokens.whenRenewed(nil)
        let spans = moments.withLock { moments in
            zip(moments.dropFirst(5), moments).map { $0 - $1 }
        }
        #expect(spans.count >= 3)
        #expect(spans.allSatisfy { $0 >= 600_000 })
    }

    @Test func `an exchange is on the disk before it leaves`() async throws {
        let world = try TokenFixture([FakeAccounts.lockedOut])
        let onDisk = Mutex<[Int]>([])
        world.accounts.onExchange {
            let count = (try? world.cache.read(at: world.time.now))?.exchanges.count ?? -1
            onDisk.withLock { $0.append(count) }
        }
        let tokens = try world.tokens()
        #expect(await tokens.get().secret == "token-2")
        #expect(await tokens.get(refused: 1).secret == "token-3")
        #expect(onDisk.withLock { $0 } == [1, 2, 3])
    }

    @Test func `no description and no mirror shows a secret`() {
        let token = AccessToken(generation: 3, secret: "hush")
        var dumped = "\(token) \(String(reflecting: token)) "
        dump(token, to: &dumped)
        #expect(!dumped.contains("hush"))
        #expect(dumped.contains("generation 3"))
    }
}
