import Dispatch
import Execution
import JobModel
import Synchronization
import SystemCalls
import TestSupport
import ZohoAPI

@testable import Running

typealias ExchangeOutcome = Result<TokenExchangeResult, TransportFailure>

/// An accounts server in memory: counts, and answers as it is told.
final class FakeAccounts: AccountsService {
    private struct State {
        var count = 0
        var answers: [ExchangeOutcome] = []
        var held: [@Sendable () -> Void] = []
        var isHolding = false
        var bounds: [Duration] = []
        var onExchange: @Sendable () -> Void = {}
        var awaited: (count: Int, reached: CheckedContinuation<Bool, Never>)?
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "fake accounts")
    private let lifetime: Duration

    init(lifetime: Duration = .seconds(3_600), _ answers: [ExchangeOutcome] = []) {
        self.lifetime = lifetime
        state.withLock { $0.answers = answers }
    }

    var exchangeCount: Int { state.withLock { $0.count } }

    /// How long each exchange was allowed to take.
    var bounds: [Duration] { state.withLock { $0.bounds } }

    /// Called for each exchange.
    func onExchange(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.onExchange = body }
    }

    /// Awaits this number of exchanges; the suite's time limit ends the wait.
    func hasExchanged(_ count: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.count >= count { return continuation.resume(returning: true) }
                state.awaited = (count, continuation)
            }
        }
    }

    func exchange(
        within bound: Duration,
        completion: @escaping @Sendable (ExchangeOutcome) -> Void
    ) {
        let outcome = state.withLock { state in
            state.count += 1
            state.bounds.append(bound)
            state.onExchange()
            if let awaited = state.awaited, state.count >= awaited.count {
                state.awaited = nil
                awaited.reached.resume(returning: true)
            }
            return state.answers.isEmpty
                ? FakeAccounts.issued("token-\(state.count)", lifetime)
                : state.answers.removeFirst()
        }
        // Long enough for all others to find the lock taken.
        queue.asyncAfter(deadline: .now() + .milliseconds(30)) { completion(outcome) }
    }

    static func issued(_ token: String, _ lifetime: Duration = .seconds(3_600)) -> ExchangeOutcome {
        .success(.issued(IssuedToken(accessToken: token, lifetime: lifetime)))
    }

    static let lockedOut = ExchangeOutcome.success(
        .lockedOut(
            ServiceMessage(status: 400, code: "Access Denied", text: "too many"),
            retryAfter: .seconds(600)))

    static func refused(_ code: String, said: String = "") -> ExchangeOutcome {
        .success(.refused(ServiceMessage(status: 200, code: code, text: said)))
    }
}

/// Virtual time: a timer fires immediately and sets the clock to its deadline.
final class FakeTime: Sendable {
    private let uptime: Mutex<Int64>
    private let waited = Mutex<[Int64]>([])
    /// Longer waits than this are skipped; shorter ones (for the lock) are real.
    private static let realMilliseconds: Int64 = 100

    init(uptime: Int64 = 3_600_000) { self.uptime = Mutex(uptime) }

    /// The waits that were skipped, in milliseconds.
    var waits: [Int64] { waited.withLock { $0 } }

    func advance(_ milliseconds: Int64) { uptime.withLock { $0 += milliseconds } }

    var now: SharedTime {
        let uptime = uptime.withLock { $0 }
        return SharedTime(
            bootID: "boot", uptimeMilliseconds: uptime,
            wallMilliseconds: 1_700_000_000_000 + uptime)
    }

    var time: TokenTime {
        TokenTime(
            now: { self.now },
            after: { milliseconds, queue, body in
                guard milliseconds > FakeTime.realMilliseconds else {
                    let wait = DispatchTimeInterval.milliseconds(Int(milliseconds))
                    return queue.asyncAfter(deadline: .now() + wait, execute: body)
                }
                self.waited.withLock { $0.append(milliseconds) }
                self.advance(milliseconds)
                queue.async(execute: body)
            },
            random: { 0 })
    }
}

/// A test fixture for the tokens of an account.
final class TokenFixture: Sendable {
    let directory: TemporaryDirectory
    let accounts: FakeAccounts
    let time = FakeTime()
    let notices = Mutex<[RunNotice]>([])

    init(_ answers: [ExchangeOutcome] = []) throws {
        directory = try TemporaryDirectory()
        accounts = FakeAccounts(answers)
    }

    var cache: TokenCache {
        TokenCache(
            stateRoot: directory.path + "/state",
            accounts: "https://accounts.example/oauth/v2/token",
            clientID: "client", refreshToken: "refresh")
    }

    func tokens(
        credentials: String = "c", secrets: [String] = [],
        change: (inout RefreshingTokens.Setup) -> Void = { _ in }
    ) throws -> RefreshingTokens {
        try cache.prepare()
        var setup = RefreshingTokens.Setup(
            cache: cache, accounts: accounts, credentials: credentials,
            accountsHost: "accounts.example", apiHost: "api.example",
            secrets: SecretRedactor(secrets))
        setup.time = time.time
        change(&setup)
        return RefreshingTokens(setup)
    }
}

extension RefreshingTokens {
    func get(refused: Int = 0) async -> TokenAnswer {
        await withCheckedContinuation { continuation in
            refresh(refusedGeneration: refused) { continuation.resume(returning: $0) }
        }
    }
}

extension TokenAnswer {
    var generation: Int? { if case .ready(let token) = self { token.generation } else { nil } }
    var secret: String? { if case .ready(let token) = self { token.secret } else { nil } }
    var problem: TokenProblem? {
        if case .unavailable(let problem) = self { problem } else { nil }
    }
}
