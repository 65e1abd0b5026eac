import Dispatch
import Execution
import JobModel
import Running
import Synchronization
import ZohoAPI

/// A service in memory behind a scripted transport: it keeps relations, and counts what was done to
/// them.
final class FakeService: Sendable {
    /// What happens to one request.
    enum Behaviour: Sendable {
        case answers
        /// Answers with these bytes and does nothing.
        case says(status: Int, String)
        /// Executes the request without an answer.
        case losesAnswer(TransportFailure.Kind)
        /// Does nothing, and fails.
        case fails(TransportFailure.Kind)
        /// Never reports.
        case hangs
        /// Executes the request and answers "record deleted".
        case deletesRecord
    }

    private struct State {
        var links: Set<String> = []
        var removals: [String: Int] = [:]
        var requestCount = 0
        var inFlight = 0
        var maximumInFlight = 0
        var targets: [String] = []
        var isClosed = false
    }

    private let state: Mutex<State>
    private let behaviour: @Sendable (_ number: Int, APIRequest) -> Behaviour

    /// - Parameter behaviour: By the request's number, from 1. Called on the control queue.
    init(
        links: [String],
        behaviour: @escaping @Sendable (Int, APIRequest) -> Behaviour = { _, _ in
            .answers
        }
    ) {
        state = Mutex(State(links: Set(links)))
        self.behaviour = behaviour
    }

    var links: Set<String> { state.withLock { $0.links } }
    var requestCount: Int { state.withLock { $0.requestCount } }
    var maximumInFlight: Int { state.withLock { $0.maximumInFlight } }
    var isClosed: Bool { state.withLock { $0.isClosed } }
    /// Relations removed more than once: impossible, so a bug of the test.
    var removedTwice: [String] {
        state.withLock { $0.removals.filter { $0.value > 1 }.keys.sorted() }
    }

    var factory: TransportFactory {
        { [self] queue, _, report in
            ScriptedTransport(service: self, queue: queue, report: report)
        }
    }

    fileprivate func began(_ request: APIRequest) -> Behaviour {
        let number = state.withLock { state in
            state.requestCount += 1
            state.inFlight += 1
            state.maximumInFlight = max(state.maximumInFlight, state.inFlight)
            state.targets.append(request.target)
            return state.requestCount
        }
        return behaviour(number, request)
    }

    fileprivate func ended() { state.withLock { $0.inFlight -= 1 } }
    fileprivate func closed() { state.withLock { $0.isClosed = true } }

    /// Does what a delink asks, and answers element by element.
    fileprivate func delink(_ target: String, deletes: Bool = false) -> HTTPAnswer {
        let parts = target.split(separator: "/").dropFirst(2).map(String.init)
        let parent = parts[1]
        var ids: [String]
        if parts.count == 4 {
            ids = [parts[3]]
        } else {
            ids = parts[2].split(separator: "=")[1].split(separator: ",").map(String.init)
        }
        let elements = state.withLock { state in
            ids.map { id -> String in
                let link = "\(parent)/\(id)"
                guard state.links.remove(link) != nil else {
                    return element("INVALID_DATA", id, "relation not found", "error")
                }
                state.removals[link, default: 0] += 1
                let said = deletes ? "record deleted" : "relation removed"
                return element("SUCCESS", id, said, "success")
            }
        }
        let body = "{\"data\":[\(elements.joined(separator: ","))]}"
        return HTTPAnswer(status: 200, body: Array(body.utf8))
    }
}

private func element(_ code: String, _ id: String, _ said: String, _ status: String) -> String {
    #"{"code":"\#(code)","details":{"id":"\#(id)"},"message":"\#(said)","status":"\#(status)"}"#
}

private struct ScriptedTransport: Transport {
    let service: FakeService
    let queue: DispatchQueue
    let report: AttemptReport

    func send(_ attempt: AttemptID, _ request: APIRequest, token: AccessToken) {
        dispatchPrecondition(condition: .onQueue(queue))
        let result: Result<HTTPAnswer, TransportFailure>
        switch service.began(request) {
        case .answers: result = .success(service.delink(request.target))
        case .deletesRecord:
            result = .success(service.delink(request.target, deletes: true))
        case .says(let status, let body):
            result = .success(HTTPAnswer(status: status, body: Array(body.utf8)))
        case .losesAnswer(let kind):
            _ = service.delink(request.target)
            result = .failure(TransportFailure(kind, "scripted"))
        case .fails(let kind): result = .failure(TransportFailure(kind, "scripted"))
        case .hangs: return
        }
        queue.async {
            service.ended()
            report(attempt, result)
        }
    }

    func cancelAll() { dispatchPrecondition(condition: .onQueue(queue)) }

    func close() {
        dispatchPrecondition(condition: .onQueue(queue))
        service.closed()
    }
}

/// Records its input.
final class RecordingObserver: RunObserver {
    private struct State {
        var texts: [String] = []
        var findings: [String] = []
        var notices: [RunNotice] = []
        var starts: [RunStart] = []
        var ends: [RunResult] = []
    }

    private let state = Mutex(State())

    var texts: [String] { state.withLock { $0.texts } }
    var findings: [String] { state.withLock { $0.findings } }
    var notices: [RunNotice] { state.withLock { $0.notices } }
    var starts: [RunStart] { state.withLock { $0.starts } }
    var ends: [RunResult] { state.withLock { $0.ends } }

    func noted(_ text: String) { state.withLock { $0.texts.append(text) } }
    func found(_ diagnostics: DiagnosticList, path: String) {
        state.withLock { $0.findings += diagnostics.kept.map { $0.rendered(path: "m") } }
    }
    func noticed(_ notice: RunNotice) { state.withLock { $0.notices.append(notice) } }
    func prepared(_ start: RunStart, items: WorkItems, outcomeOfRow: [UInt8]) {
        state.withLock { $0.starts.append(start) }
    }
    func ended(_ report: RunResult, items: WorkItems) {
        state.withLock { $0.ends.append(report) }
    }
}
