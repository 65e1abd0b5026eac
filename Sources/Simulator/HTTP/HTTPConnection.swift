import Dispatch
import SystemCalls

/// A client connection; accessed on the server's queue only.
final class HTTPConnection {
    /// The state of the connection.
    enum Phase {
        /// Accepts requests. Next: any other state.
        case idle
        /// A call is being worked on until its timer fires. Next: idle, writing, closed.
        case waiting(Pending)
        /// A call that will never be answered, with its service if it counts as active. Next:
        case hanging(ServiceKind?)
        /// Waiting for the client to read. Next: idle, lingering.
        case writing(closesAfterwards: Bool)
        /// All is answered; what the client still sends is dropped until it closes. Next: closed.
        /// Closing at once would reset the connection while bytes of it are unread, and the client
        /// would lose the answer.
        case lingering(Linger)
        /// Closed.
        case closed
    }

    /// When a connection closes whose last answer is sent, on the monotonic clock.
    struct Linger {
        /// Unless the client sends more before.
        var due: Int64
        /// Whatever the client sends.
        var over: Int64
    }

    /// A delayed answer.
    struct Pending {
        var reply: Reply
        var isVersion11: Bool
        var keepsAlive: Bool
        /// On the monotonic clock; 0 goes at once.
        var dueNanoseconds: Int64 = 0
    }

    let socket: LoopbackSocket
    let slot: Int
    let generation: UInt64
    var phase = Phase.idle
    var parser: HTTPRequestParser
    /// Bytes that came while a call was being worked on.
    var backlog: [UInt8] = []
    var output: [UInt8] = []
    var writtenCount = 0
    var inputEnded = false
    /// Time since which it is idle.
    var idleSince = MonotonicClock.now()
    /// Deadline of the incomplete request, if any.
    var requestDeadline: Int64?
    /// The time for which its timer is set.
    var requestTimer: Int64?
    /// Bytes read while lingering.
    var droppedCount = 0
    let readSource: any DispatchSourceRead
    var isReadSuspended = false
    var writeSource: (any DispatchSourceWrite)?
    /// Sources whose cancellation has not been confirmed; the descriptor stays open as long.
    var liveSourceCount = 1
    var closesWithReset = false

    init(
        _ socket: LoopbackSocket, slot: Int, generation: UInt64, limits: HTTPLimits,
        readSource: any DispatchSourceRead
    ) {
        self.socket = socket
        self.slot = slot
        self.generation = generation
        self.readSource = readSource
        parser = HTTPRequestParser(limits: limits)
    }

    var isIdle: Bool {
        if case .idle = phase { true } else { false }
    }

    var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }

    func suspendReading() {
        if !isReadSuspended {
            isReadSuspended = true
            readSource.suspend()
        }
    }

    func resumeReading() {
        if isReadSuspended {
            isReadSuspended = false
            readSource.resume()
        }
    }
}
