import CCurl
package import Dispatch
import Glibc
import JobModel
import SystemCalls
package import ZohoAPI

/// HTTP by libcurl's multi interface, driven by Dispatch on one serial queue.
///
/// Not Sendable: every member is called on that queue, and completions are called there, never from
/// within `send`.
///
/// - One attempt sends the request once. libcurl sends a request again by itself when a kept-alive
///   connection is reset before an answer; its pre-request callback notices, the second request is
///   refused, and the attempt is reported as `connectionLost`, in doubt. If libcurl is too old for
///   that, no connection is used twice.
/// - `notSent` is reported only when that callback was never called: then no byte of the request
///   was sent.
/// - No cookies, no redirects, no compression, no proxy of the environment.
/// - No message contains the access token or a URL.
///
/// libcurl reports by callbacks which sockets to watch and when to call it next. `SocketWatch`
/// watches the sockets; one Dispatch timer serves all times, and is reset only when it would fire
/// too late.
package final class CurlTransport {
    private let settings: TransportSettings
    private let queue: DispatchQueue
    private let multi: UnsafeMutableRawPointer
    private let timer: any DispatchSourceTimer
    private let wake: any DispatchSourceUserDataAdd

    /// All transfers, and the indices of the idle ones.
    private var transfers: [CurlTransfer] = []
    private var idle: [Int] = []
    private var isActive: [Bool] = []

    /// By descriptor.
    private var watches: [SocketWatch?] = []
    /// Descriptors of connections; libcurl has others, of its name resolver, which it closes
    /// itself.
    private var isConnection: [Bool] = []

    /// When libcurl wants to be called, and when the timer will fire: nanoseconds of the monotonic
    /// clock.
    private var curlDeadline: Int64?
    private var armedFor: Int64?
    /// In the order of the attempts, and so of the deadlines.
    private var firstByteDeadlines: [(deadline: Int64, place: Int, generation: Int)] = []
    private var firstByteHead = 0

    private var isDriving = false
    private var wantsKick = false
    private var isClosed = false
    private var failedAtOnce: [(CurlTransfer.Completion, TransportFailure)] = []
    /// Counts the calls of `cancelAll`.
    private var cancellationCount = 0

    /// Attempts that have not been reported.
    package private(set) var inFlightCount = 0

    /// Sets libcurl up; nothing is connected yet.
    ///
    /// - Parameter queue: The serial queue on which everything happens.
    /// - Throws: `RunningError` 78 when libcurl can't be had.
    package init(settings: TransportSettings, queue: DispatchQueue) throws {
        guard CurlLibrary.version != nil, let multi = curl_multi_init() else {
            throw RunningError(.configuration, "libcurl can't be initialised")
        }
        self.settings = settings
        self.queue = queue
        self.multi = multi
        timer = DispatchSource.makeTimerSource(queue: queue)
        wake = DispatchSource.makeUserDataAddSource(queue: queue)

        let own = Unmanaged.passUnretained(self).toOpaque()
        let isReady =
            relsweep_curl_multi_set_pointer(multi, RELSWEEP_CURLMOPT_SOCKETDATA, own)
            == 0
            && relsweep_curl_multi_set_socket_callback(
                multi, RELSWEEP_CURLMOPT_SOCKETFUNCTION
            ) { _, socket, what, context, _ in
                CurlTransport.from(context)?.socketWanted(socket, what)
                return 0
            } == 0
            && relsweep_curl_multi_set_pointer(
                multi, RELSWEEP_CURLMOPT_TIMERDATA, own) == 0
            && relsweep_curl_multi_set_timer_callback(
                multi, RELSWEEP_CURLMOPT_TIMERFUNCTION
            ) { _, milliseconds, context in
                CurlTransport.from(context)?.timerWanted(milliseconds)
                return 0
            } == 0
            && relsweep_curl_multi_set_long(
                multi, RELSWEEP_CURLMOPT_MAXCONNECTS, max(settings.connectionCount, 1))
                == 0
        timer.setEventHandler { [weak self] in self?.timerFired() }
        wake.setEventHandler { [weak self] in self?.woken() }
        timer.activate()
        wake.activate()
        guard isReady else {
            close()
            throw RunningError(.configuration, "this libcurl lacks the multi socket interface")
        }
    }

    deinit { close() }

    /// Sends a request once. The completion follows later, exactly once, unless `cancelAll` or
    /// `close` comes first.
    ///
    /// - Parameter authorization: Value of the `Authorization` field; never shown anywhere.
    package func send(
        _ request: APIRequest, authorization: String?,
        completion: @escaping (Result<HTTPAnswer, TransportFailure>) -> Void
    ) {
        dispatchPrecondition(condition: .onQueue(queue))
        precondition(!isClosed, "a request was sent after close")
        inFlightCount += 1
        guard let place = freeIndex() else {
            return fail(completion, "libcurl can't be set up for a transfer")
        }
        let transfer = transfers[place]
        if let fault = transfer.begin(
            request, authorization: authorization, completion: completion)
        {
            idle.append(place)
            return fail(completion, fault)
        }
        guard curl_multi_add_handle(multi, transfer.handle) == 0 else {
            transfer.abandon()
            idle.append(place)
            return fail(completion, "libcurl does not accept the transfer")
        }
        isActive[place] = true
        if let timeout = settings.firstByteTimeout {
            firstByteDeadlines.append(
                (MonotonicClock.now() + timeout.nanoseconds, place, transfer.generation))
            arm()
        }
    }

    /// Gives everything in flight up, without completions. The services may still act on what has
    /// left.
    package func cancelAll() {
        dispatchPrecondition(condition: .onQueue(queue))
        failedAtOnce = []
        cancellationCount += 1
        inFlightCount = 0
        for place in transfers.indices where isActive[place] {
            detach(place)
            transfers[place].abandon()
        }
    }

    /// Closes every connection and frees everything. Further calls do nothing.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        failedAtOnce = []
        for place in transfers.indices where isActive[place] { detach(place) }
        // Handles go before the multi handle, connections with it: `socketDone` is called for each.
        transfers = []
        curl_multi_cleanup(multi)
        for watch in watches { watch?.cancel() }
        watches = []
        timer.cancel()
        wake.cancel()
    }

    // MARK: Transfers

    private func freeIndex() -> Int? {
        if let place = idle.popLast() { return place }
        guard let transfer = CurlTransfer(settings: settings),
            transfer.prepare(sockets: Unmanaged.passUnretained(self).toOpaque())
        else { return nil }
        transfers.append(transfer)
        isActive.append(false)
        return transfers.count - 1
    }

    private func fail(_ completion: @escaping CurlTransfer.Completion, _ message: String) {
        failedAtOnce.append((completion, TransportFailure(.notSent, message)))
        wake.add(data: 1)
    }

    private func detach(_ place: Int) {
        curl_multi_remove_handle(multi, transfers[place].handle)
        isActive[place] = false
        idle.append(place)
    }

    /// Drives libcurl and reports finished transfers until there is nothing to do.
    private func drive(_ socket: Int32, _ events: Int32) {
        guard !isClosed else { return }
        isDriving = true
        var running: Int32 = 0
        curl_multi_socket_action(multi, socket, events, &running)
        report()
        while wantsKick, !isClosed {
            wantsKick = false
            curl_multi_socket_action(
                multi, RELSWEEP_CURL_SOCKET_TIMEOUT, 0, &running)
            report()
        }
        isDriving = false
        if !isClosed { arm() }
    }

    private func report() {
        var left: Int32 = 0
        // A completion may send, cancel or close, so libcurl is queried again after each.
        while !isClosed, let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.message == RELSWEEP_CURLMSG_DONE,
                let handle = message.pointee.easy
            else { continue }
            let code = message.pointee.data.result
            guard let place = index(of: handle) else { continue }
            finish(place, code)
        }
    }

    private func finish(_ place: Int, _ code: Int32?) {
        // The result is read while the handle still has it.
        let (completion, result) = transfers[place].end(code: code)
        detach(place)
        inFlightCount -= 1
        completion?(result)
    }

    private func index(of handle: UnsafeMutableRawPointer) -> Int? {
        transfers.firstIndex { $0.handle == handle }
    }

    // MARK: Time

    /// libcurl wants to be called after this many milliseconds; -1: not at all.
    private func timerWanted(_ milliseconds: Int) {
        guard !isClosed else { return }
        switch milliseconds {
        case ..<0: curlDeadline = nil
        case 0:
            curlDeadline = nil
            let wasWanted = wantsKick
            wantsKick = true
            // While libcurl is driven the loop there sees it; else one wake-up serves all that is
            // sent until then.
            if !isDriving, !wasWanted { wake.add(data: 1) }
        default:
            curlDeadline = MonotonicClock.now() + Int64(milliseconds) * 1_000_000
            if !isDriving { arm() }
        }
    }

    private func woken() {
        let failed = failedAtOnce
        failedAtOnce = []
        let count = cancellationCount
        for (completion, failure) in failed {
            // An earlier completion may have cancelled what is left.
            guard !isClosed, cancellationCount == count else { break }
            inFlightCount -= 1
            completion(.failure(failure))
        }
        guard wantsKick, !isClosed else { return }
        wantsKick = false
        drive(RELSWEEP_CURL_SOCKET_TIMEOUT, 0)
    }

    private func timerFired() {
        guard !isClosed else { return }
        armedFor = nil
        let now = MonotonicClock.now()
        giveUpLateAnswers(now)
        if let deadline = curlDeadline, deadline <= now {
            curlDeadline = nil
            drive(RELSWEEP_CURL_SOCKET_TIMEOUT, 0)
        } else if !isClosed {
            arm()
        }
    }

    private func giveUpLateAnswers(_ now: Int64) {
        while !isClosed, firstByteHead < firstByteDeadlines.count {
            let (deadline, place, generation) = firstByteDeadlines[firstByteHead]
            let isWaiting = isWaitingForFirstByte(place, generation)
            if isWaiting, deadline > now { return }
            firstByteHead += 1
            if isWaiting { finish(place, nil) }
        }
    }

    private func isWaitingForFirstByte(_ place: Int, _ generation: Int) -> Bool {
        isActive[place] && transfers[place].generation == generation
            && !transfers[place].hasAnswerBegun
    }

    /// Sees to it that the timer fires no later than is needed. Too early costs little; so a timer
    /// that is set already is left alone, and most requests never touch it.
    private func arm() {
        while firstByteHead < firstByteDeadlines.count {
            let next = firstByteDeadlines[firstByteHead]
            if isWaitingForFirstByte(next.place, next.generation) { break }
            firstByteHead += 1
        }
        if firstByteHead > 64, firstByteHead * 2 > firstByteDeadlines.count {
            firstByteDeadlines.removeFirst(firstByteHead)
            firstByteHead = 0
        }
        var deadline = curlDeadline
        if firstByteHead < firstByteDeadlines.count {
            let next = firstByteDeadlines[firstByteHead].deadline
            deadline = min(deadline ?? next, next)
        }
        guard let deadline, armedFor.map({ deadline < $0 }) ?? true else { return }
        armedFor = deadline
        let wait = max(deadline - MonotonicClock.now(), 0)
        timer.schedule(
            deadline: .now() + .nanoseconds(Int(wait)), leeway: .milliseconds(1))
    }

    // MARK: Sockets

    static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransport? {
        context.map { Unmanaged<CurlTransport>.fromOpaque($0).takeUnretainedValue() }
    }

    /// libcurl has made a socket for a connection.
    func socketMade(_ socket: Int32) {
        let index = Int(socket)
        while isConnection.count <= index { isConnection.append(false) }
        isConnection[index] = true
        // Not inherited by child processes.
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        // The watch of a connection that was never made: libcurl closed the socket without a
        // callback, got the same number again, and assumes that it is still being watched.
        guard index < watches.count, let stale = watches[index] else { return }
        let wants = stale.wants
        stale.cancel()
        watches[index] = makeWatch(socket)
        watches[index]?.want(read: wants.read, write: wants.write)
    }

    /// libcurl has finished with a connection's socket, which this code must close.
    func socketDone(_ socket: Int32) {
        let index = Int(socket)
        if index < isConnection.count { isConnection[index] = false }
        if index < watches.count, let watch = watches[index] {
            watches[index] = nil
            watch.cancel()
        }
        Glibc.close(socket)
    }

    private func makeWatch(_ socket: Int32) -> SocketWatch? {
        SocketWatch(socket: socket, queue: queue) { [weak self] mayRead in
            self?.drive(
                socket, mayRead ? RELSWEEP_CURL_EVENT_IN : RELSWEEP_CURL_EVENT_OUT)
        }
    }

    /// libcurl starts or stops watching a socket.
    private func socketWanted(_ socket: Int32, _ what: Int32) {
        let index = Int(socket)
        if what == RELSWEEP_CURL_POLL_REMOVE {
            guard index < watches.count, let watch = watches[index] else { return }
            if isConnection.count > index, isConnection[index], watch.isOf(socket) {
                // Most likely kept alive for the next request.
                watch.want(read: false, write: false)
            } else {
                if isConnection.count > index { isConnection[index] = false }
                watches[index] = nil
                watch.cancel()
            }
            return
        }
        while watches.count <= index { watches.append(nil) }
        guard let watch = watches[index] ?? makeWatch(socket) else { return }
        watches[index] = watch
        watch.want(
            read: what & RELSWEEP_CURL_POLL_IN != 0,
            write: what & RELSWEEP_CURL_POLL_OUT != 0)
    }
}

/// The loaded libcurl and its capabilities; initialised once per process.
enum CurlLibrary {
    /// Its version, `7.88.1`; nil if it could not be initialised.
    static let version: String? = {
        guard curl_global_init(RELSWEEP_CURL_GLOBAL_DEFAULT) == 0,
            let version = curl_version_info(0), let text = version.pointee.version
        else { return nil }
        return String(cString: text)
    }()

    /// Whether it announces that a request is about to be sent (7.80): without that, connections
    /// are never used twice, because a second request of one attempt could not be noticed.
    static let announcesSending: Bool = {
        guard version != nil, let version = curl_version_info(0) else { return false }
        return version.pointee.version_number
            >= UInt32(RELSWEEP_CURL_VERSION_OF_PREREQUEST)
    }()
}
