// An HTTP/1.1 server on loopback for an `Organisation`.
//
// One serial queue owns everything: sockets, timers, the organisation. Nothing blocks on it, so any
// number of calls can be delayed at once. Calls of a connection are answered in order; pipelined
// requests wait in a backlog.
//
// Connections are stored in slots and handlers refer to slots, so that all captured values are
// Sendable.

import Dispatch
import SystemCalls

/// The limits of the server itself.
package struct HTTPServerLimits: Equatable, Sendable {
    /// The limits of a request.
    package var request = HTTPLimits()
    /// Maximum open connections. A further one closes the longest idle connection; if none is idle,
    /// it gets 503.
    package var maximumConnections = 1_024
    /// Connections beyond these that are accepted only to answer 503; further ones wait in the
    /// kernel.
    package var maximumRefusedConnections = 64
    /// How long a request may take from its first byte to its last, in nanoseconds; then it is 408.
    package var requestNanoseconds: Int64 = 60_000_000_000
    /// Pipelined bytes that wait on a connection; past them it is not read.
    package var maximumBacklogBytes = 256 * 1_024
    /// How long a client may take to close after the last answer, in nanoseconds, counted from the
    /// last byte of it. What it still sends is read and dropped: unread bytes would make the
    /// kernel reset the connection, and the client would lose the answer (RFC 9112 §9.6).
    package var lingerNanoseconds: Int64 = 2_000_000_000
    /// The same limit in total, however steadily the client sends.
    package var maximumLingerNanoseconds: Int64 = 30_000_000_000
    /// Bytes that are dropped before the connection is reset after all.
    package var maximumLingerBytes = 64 << 20

    /// The defaults.
    package init() {}
}

// @unchecked: every stored variable is touched only in blocks that run on `queue`: handlers of
// sources that were made with it as their queue, and `queue.sync` in `start`, `stop` and `ledger`.
/// A loopback server; see the file's head.
final class HTTPServer: @unchecked Sendable {
    let queue = DispatchQueue(label: "relsweep.simulator")
    let limits: HTTPServerLimits
    var organisation: Organisation
    /// By how much the organisation's time is ahead.
    var passedNanoseconds: Int64 = 0
    var listener: LoopbackSocket?
    private var acceptSource: (any DispatchSourceRead)?
    private var isAcceptSuspended = false
    private var isStopped = false
    private var slots: [HTTPConnection?] = []
    private var freeSlots: [Int] = []
    private var connectionCount: UInt64 = 0
    /// Connections that are not closed.
    private var openCount = 0
    private var timers = TimerQueue()
    private var timerSource: (any DispatchSourceTimer)?
    /// The deadline for which the timer source is set.
    private var armedDeadline: Int64?
    var answers = HTTPAnswerWriter()
    /// The buffer of all reads: its bytes are consumed or moved before the next read.
    private var readBuffer = [UInt8](repeating: 0, count: 64 * 1_024)

    /// A server that does not listen yet.
    init(_ organisation: consuming Organisation, limits: HTTPServerLimits = .init()) {
        self.organisation = organisation
        self.limits = limits
    }

    /// Listens on 127.0.0.1 and answers until `stop()`.
    ///
    /// - Parameter port: 0 takes any free one.
    /// - Returns: the port.
    /// - Throws: when the port is taken or there is no descriptor left.
    func start(port: UInt16 = 0) throws(SystemError) -> UInt16 {
        let (socket, taken) = try LoopbackSocket.listen(port: port, backlog: 1_024)
        queue.sync {
            precondition(
                listener == nil && !isStopped,
                "the server was started twice, or after it was stopped")
            listener = socket
            let source = DispatchSource.makeReadSource(
                fileDescriptor: socket.rawDescriptor, queue: queue)
            source.setEventHandler { [self] in acceptAll() }
            source.setCancelHandler { socket.close() }
            acceptSource = source
            let timer = DispatchSource.makeTimerSource(queue: queue)
            timer.setEventHandler { [self] in timerFired() }
            timerSource = timer
            source.activate()
            timer.activate()
        }
        return taken
    }

    /// Closes everything. Delayed answers are not sent; their effects remain.
    func stop() {
        queue.sync {
            guard !isStopped else { return }
            isStopped = true
            // The source closes the descriptor later, and until then the kernel would accept.
            listener?.stopListening()
            if isAcceptSuspended { acceptSource?.resume() }
            acceptSource?.cancel()
            acceptSource = nil
            timerSource?.cancel()
            timerSource = nil
            timers.removeAll()
            for connection in slots { if let connection { close(connection) } }
        }
    }

    /// The effects so far.
    func ledger() -> Ledger {
        queue.sync {
            organisation.performLateCalls(at: MonotonicClock.now() + passedNanoseconds)
            return organisation.ledger
        }
    }

    /// Replaces the organisation before the first call. Tokens that were issued stay valid.
    func replaceOrganisation(_ organisation: Organisation) {
        queue.sync {
            var next = organisation
            next.accounts = self.organisation.accounts
            next.counts.accounts = self.organisation.counts.accounts
            self.organisation = next
        }
    }

    /// Advances the organisation's time; connections and timers are unaffected.
    func passTime(_ nanoseconds: Int64) {
        queue.sync { passedNanoseconds += nanoseconds }
    }

    func sendWaitingAnswers() {
        queue.sync {
            for case let connection? in slots {
                if case .waiting(let pending) = connection.phase {
                    sendWaiting(connection, pending)
                }
            }
        }
    }

    // MARK: Connections

    private func acceptAll() {
        do throws(SystemError) {
            while !isStopped, let socket = try listener?.accept() {
                let isFull = openCount >= limits.maximumConnections
                let isRefused = isFull && !closeLongestWaiting()
                if let connection = open(socket), isRefused { refuse(connection) }
                if openCount >= limits.maximumConnections + limits.maximumRefusedConnections {
                    suspendAccepting()
                }
                // Descriptors of closed connections are free only after this event.
                if isFull { return }
            }
        } catch {
            // Out of descriptors: clients wait until a connection closes. With none open no
            // event would wake the server, so the next event tries again.
            _ = closeLongestWaiting()
            if slots.count > freeSlots.count { suspendAccepting() }
        }
    }

    /// Closes the connection that has waited longest for a request, or for the rest of one. False
    /// if all are being answered.
    ///
    /// - Complexity: O(connections).
    private func closeLongestWaiting() -> Bool {
        var longest: HTTPConnection?
        for case let connection? in slots where connection.isIdle {
            if longest.map({ connection.idleSince < $0.idleSince }) ?? true {
                longest = connection
            }
        }
        if let longest { close(longest) }
        return longest != nil
    }

    private func suspendAccepting() {
        if !isAcceptSuspended {
            isAcceptSuspended = true
            acceptSource?.suspend()
        }
    }

    private func open(_ socket: LoopbackSocket) -> HTTPConnection? {
        do throws(SystemError) {
            try socket.setNoDelay()
        } catch {
            // The client has disconnected.
            socket.close()
            return nil
        }
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count { slots.append(nil) }
        connectionCount += 1
        let source = DispatchSource.makeReadSource(
            fileDescriptor: socket.rawDescriptor, queue: queue)
        let connection = HTTPConnection(
            socket, slot: slot, generation: connectionCount, limits: limits.request,
            readSource: source)
        slots[slot] = connection
        openCount += 1
        source.setEventHandler { [self] in
            if let connection = slots[slot] { readable(connection) }
        }
        source.setCancelHandler { [self] in sourceCancelled(slot) }
        source.activate()
        return connection
    }

    /// Ends the connection; the descriptor closes once no source watches it.
    func close(_ connection: HTTPConnection, withReset: Bool = false) {
        switch connection.phase {
        case .closed: return
        case .waiting(let pending) where pending.reply.isActive:
            organisation.finished(pending.reply.service)
        case .hanging(let service?): organisation.finished(service)
        case .idle, .waiting, .hanging, .writing, .lingering: break
        }
        connection.phase = .closed
        openCount -= 1
        connection.closesWithReset = withReset
        connection.resumeReading()
        connection.readSource.cancel()
        connection.writeSource?.cancel()
    }

    private func sourceCancelled(_ slot: Int) {
        guard let connection = slots[slot] else {
            preconditionFailure("a source of the free slot \(slot) was cancelled")
        }
        connection.liveSourceCount -= 1
        guard connection.liveSourceCount == 0, connection.isClosed else { return }
        if connection.closesWithReset {
            connection.socket.closeWithReset()
        } else {
            connection.socket.close()
        }
        slots[slot] = nil
        freeSlots.append(slot)
        if isAcceptSuspended, !isStopped {
            isAcceptSuspended = false
            acceptSource?.resume()
        }
    }

    private func readable(_ connection: HTTPConnection) {
        if connection.isClosed { return }
        let result = readBuffer.withUnsafeMutableBytes { connection.socket.read(into: $0) }
        switch result {
        case .bytes(let count):
            readBuffer.withUnsafeBufferPointer {
                received(connection, UnsafeBufferPointer(rebasing: $0[..<count]))
            }
        case .wouldBlock:
            break
        case .closed:
            connection.inputEnded = true
            connection.suspendReading()
            switch connection.phase {
            // A call under way is still answered: the client may have closed one direction only.
            case .waiting, .writing, .closed: break
            case .idle, .hanging, .lingering: close(connection)
            }
        case .reset:
            close(connection)
        }
    }

    // MARK: Timers

    func setTimer(_ connection: HTTPConnection, deadline: Int64) {
        timers.insert(
            deadline: deadline, slot: connection.slot, generation: connection.generation)
        armTimer()
    }

    private func armTimer() {
        guard let next = timers.nextDeadline, armedDeadline.map({ next < $0 }) ?? true else {
            return
        }
        armedDeadline = next
        let wait = max(0, next - MonotonicClock.now())
        timerSource?.schedule(
            deadline: .now() + .nanoseconds(Int(wait)), leeway: .nanoseconds(0))
    }

    private func timerFired() {
        armedDeadline = nil
        while let entry = timers.popDue(at: MonotonicClock.now()) {
            guard let connection = slots[entry.slot],
                connection.generation == entry.generation
            else { continue }
            timePassed(connection)
        }
        armTimer()
    }

    /// Makes the write source of a connection whose client is slow.
    func awaitWritable(_ connection: HTTPConnection) {
        guard connection.writeSource == nil else { return }
        let slot = connection.slot
        let source = DispatchSource.makeWriteSource(
            fileDescriptor: connection.socket.rawDescriptor, queue: queue)
        source.setEventHandler { [self] in
            if let connection = slots[slot] { writable(connection) }
        }
        source.setCancelHandler { [self] in sourceCancelled(slot) }
        connection.writeSource = source
        connection.liveSourceCount += 1
        source.activate()
    }
}
