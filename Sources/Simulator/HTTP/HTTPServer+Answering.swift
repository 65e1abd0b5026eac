import Dispatch
import SystemCalls

extension HTTPServer {
    /// Handles received bytes: consume, queue or discard them.
    func received(_ connection: HTTPConnection, _ bytes: UnsafeBufferPointer<UInt8>) {
        switch connection.phase {
        case .idle:
            consume(connection, bytes)
        case .waiting, .hanging, .writing:
            keep(connection, bytes, from: 0)
        case .lingering(let end):
            connection.droppedCount += bytes.count
            if connection.droppedCount > limits.maximumLingerBytes {
                close(connection, withReset: true)
            } else {
                let due = min(MonotonicClock.now() + limits.lingerNanoseconds, end.over)
                connection.phase = .lingering(.init(due: max(end.due, due), over: end.over))
            }
        case .closed:
            break
        }
    }

    /// Parses and answers as long as the connection takes requests; the rest goes to the backlog.
    private func consume(_ connection: HTTPConnection, _ bytes: UnsafeBufferPointer<UInt8>) {
        var consumed = 0
        while connection.isIdle, consumed < bytes.count {
            switch connection.parser.feed(bytes, consumed: &consumed) {
            case .needsMore:
                break
            case .expectsContinue:
                connection.output.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
            case .request(let request):
                connection.requestDeadline = nil
                answer(connection, request)
            case .refused(let refusal):
                refuse(connection, refusal)
            }
            if connection.isIdle, connection.output.count > limits.maximumBacklogBytes {
                flush(connection, closesAfterwards: false)
            }
        }
        if connection.isIdle { flush(connection, closesAfterwards: false) }
        if consumed < bytes.count { keep(connection, bytes, from: consumed) }
        if connection.isIdle { limitRequestTime(connection) }
    }

    /// Answers an invalid request and closes after the client has read the answer.
    private func refuse(_ connection: HTTPConnection, _ refusal: HTTPRefusal) {
        answers.append(refusal, at: WallClock.now().seconds, to: &connection.output)
        flush(connection, closesAfterwards: true)
    }

    /// Refuses a client because the server is full.
    func refuse(_ connection: HTTPConnection) {
        refuse(
            connection,
            HTTPRefusal(
                status: 503,
                reason: "all \(limits.maximumConnections) connections are being answered"))
    }

    /// Sets the time by which a request that has begun must be complete. A connection has at most
    /// one such timer, and requests that come in one piece need none.
    private func limitRequestTime(_ connection: HTTPConnection) {
        guard connection.requestDeadline == nil, !connection.parser.isBetweenRequests else {
            return
        }
        connection.requestDeadline = MonotonicClock.now() + limits.requestNanoseconds
        setRequestTimer(connection)
    }

    private func setRequestTimer(_ connection: HTTPConnection) {
        guard let deadline = connection.requestDeadline, connection.requestTimer == nil else {
            return
        }
        connection.requestTimer = deadline
        setTimer(connection, deadline: deadline)
    }

    /// Answers a request that is not whole by its deadline.
    private func requestTimePassed(_ connection: HTTPConnection, at now: Int64) {
        guard let deadline = connection.requestDeadline, deadline <= now else {
            setRequestTimer(connection)
            return
        }
        let seconds = limits.requestNanoseconds / 1_000_000_000
        refuse(
            connection,
            HTTPRefusal(status: 408, reason: "the request was not whole after \(seconds) s"))
    }

    /// Puts bytes aside until the call under way is answered.
    private func keep(
        _ connection: HTTPConnection, _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) {
        switch connection.phase {
        case .idle:
            preconditionFailure("an idle connection left \(bytes.count - start) bytes unread")
        case .waiting, .hanging, .writing:
            connection.backlog.append(contentsOf: bytes[start...])
            if connection.backlog.count > limits.maximumBacklogBytes {
                connection.suspendReading()
            }
        case .lingering, .closed:
            break
        }
    }

    /// Passes the call to the organisation and sends the reply now or after its delay.
    private func answer(_ connection: HTTPConnection, _ request: HTTPRequest) {
        let now = MonotonicClock.now()
        connection.idleSince = now
        let reply = organisation.reply(to: request, at: now + passedNanoseconds)
        var pending = HTTPConnection.Pending(
            reply: reply, isVersion11: request.isVersion11, keepsAlive: request.keepsAlive)
        if reply.delivery == .never {
            flush(connection, closesAfterwards: false)
            guard connection.isIdle else {
                // Do not delay for a client that has not read earlier answers.
                if reply.isActive { organisation.finished(reply.service) }
                close(connection, withReset: true)
                return
            }
            connection.phase = .hanging(reply.isActive ? reply.service : nil)
        } else if reply.delayNanoseconds > 0 {
            // What is written before this call goes out before it waits.
            flush(connection, closesAfterwards: false)
            guard connection.isIdle else {
                // A client that does not read its earlier answers waits no further.
                send(connection, pending)
                return
            }
            pending.dueNanoseconds = now + reply.delayNanoseconds
            connection.phase = .waiting(pending)
            setTimer(connection, deadline: pending.dueNanoseconds)
        } else {
            send(connection, pending)
        }
    }

    /// A timer of the connection fired: an answer is due, a request is late, lingering is over.
    func timePassed(_ connection: HTTPConnection) {
        let now = MonotonicClock.now()
        if let timer = connection.requestTimer, timer <= now { connection.requestTimer = nil }
        switch connection.phase {
        case .waiting(let pending):
            // The timer may be that of an answer that was sent ahead of its time.
            guard pending.dueNanoseconds <= now else { return }
            sendWaiting(connection, pending)
        case .lingering(let end):
            if end.due > now {
                setTimer(connection, deadline: end.due)
            } else {
                close(connection)
            }
        case .idle:
            requestTimePassed(connection, at: now)
        case .hanging, .writing, .closed:
            break
        }
    }

    /// Sends an answer whose time has come.
    func sendWaiting(_ connection: HTTPConnection, _ pending: HTTPConnection.Pending) {
        connection.phase = .idle
        connection.idleSince = MonotonicClock.now()
        send(connection, pending)
        if connection.isIdle { flush(connection, closesAfterwards: false) }
        processBacklog(connection)
    }

    /// Puts an answer into the output; sends it at once if the connection ends with it.
    private func send(_ connection: HTTPConnection, _ pending: HTTPConnection.Pending) {
        let reply = pending.reply
        // Release the call before the client sees the answer, so that its next call does not
        // overlap.
        if reply.isActive { organisation.finished(reply.service) }
        if reply.delivery == .reset {
            if connection.isIdle { flush(connection, closesAfterwards: false) }
            close(connection, withReset: true)
            return
        }
        var keepsAlive = pending.keepsAlive
        if case .cut = reply.delivery { keepsAlive = false }
        // A cut answer says that the connection stays open, as an intact one would.
        answers.append(
            reply, isVersion11: pending.isVersion11, keepsAlive: pending.keepsAlive,
            at: WallClock.now().seconds, to: &connection.output)
        if !keepsAlive { flush(connection, closesAfterwards: true) }
    }

    /// Writes what the client accepts; the phase then shows whether there is more.
    private func flush(_ connection: HTTPConnection, closesAfterwards: Bool) {
        if connection.isClosed { return }
        while connection.writtenCount < connection.output.count {
            let result = connection.output.withUnsafeBytes { bytes in
                connection.socket.write(
                    UnsafeRawBufferPointer(rebasing: bytes[connection.writtenCount...]))
            }
            switch result {
            case .bytes(let count):
                connection.writtenCount += count
            case .wouldBlock:
                connection.phase = .writing(closesAfterwards: closesAfterwards)
                awaitWritable(connection)
                return
            case .reset:
                close(connection)
                return
            }
        }
        connection.output.removeAll(keepingCapacity: true)
        connection.writtenCount = 0
        if closesAfterwards {
            let now = MonotonicClock.now()
            connection.phase = .lingering(
                .init(
                    due: now + limits.lingerNanoseconds,
                    over: now + limits.maximumLingerNanoseconds))
            connection.backlog = []
            connection.socket.finishWriting()
            if connection.inputEnded {
                close(connection)
            } else {
                connection.resumeReading()
                setTimer(connection, deadline: now + limits.lingerNanoseconds)
            }
        } else {
            connection.phase = .idle
        }
    }

    /// The client takes bytes again.
    func writable(_ connection: HTTPConnection) {
        guard case .writing(let closesAfterwards) = connection.phase else { return }
        flush(connection, closesAfterwards: closesAfterwards)
        if case .writing = connection.phase { return }
        if let source = connection.writeSource {
            connection.writeSource = nil
            source.cancel()
        }
        processBacklog(connection)
    }

    /// Continues with pipelined requests.
    private func processBacklog(_ connection: HTTPConnection) {
        while connection.isIdle, !connection.backlog.isEmpty {
            let bytes = connection.backlog
            connection.backlog = []
            bytes.withUnsafeBufferPointer { consume(connection, $0) }
        }
        if connection.isIdle {
            if connection.inputEnded {
                close(connection)
            } else {
                connection.resumeReading()
            }
        }
    }
}
