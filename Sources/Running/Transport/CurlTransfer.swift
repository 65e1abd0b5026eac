import CCurl
import JobModel
import SystemCalls
import ZohoAPI

/// A libcurl handle with its buffers; reused for one attempt at a time.
///
/// Lives at one address while its handle exists: libcurl's callbacks are given an unretained
/// pointer to it, and `CurlTransport` keeps every transfer it made until it closes.
final class CurlTransfer {
    typealias Completion = (Result<HTTPAnswer, TransportFailure>) -> Void

    /// Bytes of an answer's header fields that are read at most; real ones have some 1,500.
    static let maximumHeaderByteCount = 64 << 10

    let handle: UnsafeMutableRawPointer
    /// Counts attempts, so that a late deadline is not applied to a later attempt.
    private(set) var generation = 0
    private(set) var completion: Completion?

    private let settings: TransportSettings
    private let errorText: UnsafeMutablePointer<CChar>
    private var fields: UnsafeMutablePointer<curl_slist>?
    private var fieldsAreFor: (authorization: String?, headers: [HTTPHeader], hasBody: Bool)?
    private var hadBody = false

    // The state of the current attempt.
    private var sentCount = 0
    private var headerByteCount = 0
    private var isHeadComplete = false
    private var isCutOff = false
    private var body: [UInt8] = []
    /// The values of `Retry-After` and `Date`, as they came.
    private var retryAfter: [UInt8] = []
    private var date: [UInt8] = []
    private var creditsRemaining: Int?

    /// nil when libcurl can't make a handle.
    init?(settings: TransportSettings) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.settings = settings
        let size = RELSWEEP_CURL_ERROR_BUFFER_SIZE
        errorText = .allocate(capacity: size)
        errorText.initialize(repeating: 0, count: size)
    }

    /// The handle must not be part of a running transfer.
    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(fields)
        errorText.deallocate()
    }

    /// Whether any byte of an answer has arrived.
    var hasAnswerBegun: Bool { headerByteCount > 0 }

    // MARK: Setting up

    /// Sets what is the same for all attempts.
    ///
    /// - Parameter sockets: Given to the callbacks that libcurl calls for its sockets.
    /// - Returns: False if libcurl refuses an option that safety rests on.
    func prepare(sockets: UnsafeMutableRawPointer) -> Bool {
        let own = Unmanaged.passUnretained(self).toOpaque()
        var isSafe = true
        func require(_ result: Int32) { if result != 0 { isSafe = false } }

        require(set(RELSWEEP_CURLOPT_NOSIGNAL, 1))
        require(set(RELSWEEP_CURLOPT_NOPROGRESS, 1))
        require(set(RELSWEEP_CURLOPT_FOLLOWLOCATION, 0))
        require(
            set(RELSWEEP_CURLOPT_PROTOCOLS, RELSWEEP_CURL_PROTOCOLS_HTTP_AND_HTTPS))
        require(set(RELSWEEP_CURLOPT_HTTP09_ALLOWED, 0))
        require(set(RELSWEEP_CURLOPT_PATH_AS_IS, 1))
        require(set(RELSWEEP_CURLOPT_SSL_VERIFYPEER, 1))
        require(set(RELSWEEP_CURLOPT_SSL_VERIFYHOST, 2))
        require(set(RELSWEEP_CURLOPT_SSLVERSION, RELSWEEP_CURL_TLS_1_2))
        require(
            set(
                RELSWEEP_CURLOPT_HTTP_VERSION,
                settings.httpVersion == .http1
                    ? RELSWEEP_CURL_HTTP_VERSION_1_1
                    : RELSWEEP_CURL_HTTP_VERSION_2_OVER_TLS))
        require(set(RELSWEEP_CURLOPT_TIMEOUT_MS, milliseconds(settings.timeout)))
        require(
            set(
                RELSWEEP_CURLOPT_CONNECTTIMEOUT_MS,
                milliseconds(min(settings.connectTimeout, settings.timeout))))
        require(set(RELSWEEP_CURLOPT_USERAGENT, settings.userAgent))
        if let caFile = settings.caFile {
            require(set(RELSWEEP_CURLOPT_CAINFO, caFile))
            // libcurl was built with a directory of the system's authorities too, which would be
            // trusted in addition to the file. A TLS library that knows no such directory has none.
            let aside = pointer(RELSWEEP_CURLOPT_CAPATH, nil)
            if aside != RELSWEEP_CURLE_NOT_BUILT_IN { require(aside) }
        }
        // A name server that does not answer must not hold up the queue when its transfer is given
        // up; libcurl 7.87 and later know how.
        _ = set(RELSWEEP_CURLOPT_QUICK_EXIT, 1)
        _ = set(RELSWEEP_CURLOPT_TCP_NODELAY, 1)
        _ = set(RELSWEEP_CURLOPT_TCP_KEEPALIVE, 1)

        require(pointer(RELSWEEP_CURLOPT_ERRORBUFFER, errorText))
        require(pointer(RELSWEEP_CURLOPT_WRITEDATA, own))
        require(pointer(RELSWEEP_CURLOPT_HEADERDATA, own))
        require(
            relsweep_curl_set_data_callback(
                handle, RELSWEEP_CURLOPT_WRITEFUNCTION
            ) { bytes, size, count, context in
                CurlTransfer.from(context)?.bodyArrived(bytes, size * count) ?? 0
            })
        require(
            relsweep_curl_set_data_callback(
                handle, RELSWEEP_CURLOPT_HEADERFUNCTION
            ) { bytes, size, count, context in
                CurlTransfer.from(context)?.headerArrived(bytes, size * count) ?? 0
            })
        if CurlLibrary.announcesSending {
            require(pointer(RELSWEEP_CURLOPT_PREREQDATA, own))
            require(
                relsweep_curl_set_prerequest_callback(
                    handle, RELSWEEP_CURLOPT_PREREQFUNCTION
                ) { context, _, _, _, _ in
                    CurlTransfer.from(context)?.allowSending() == true
                        ? RELSWEEP_CURL_PREREQUEST_OK
                        : RELSWEEP_CURL_PREREQUEST_ABORT
                })
        } else {
            require(set(RELSWEEP_CURLOPT_FORBID_REUSE, 1))
        }
        return prepareSocketCallbacks(sockets) && isSafe
    }

    private func prepareSocketCallbacks(_ sockets: UnsafeMutableRawPointer) -> Bool {
        pointer(RELSWEEP_CURLOPT_SOCKOPTDATA, sockets) == 0
            && relsweep_curl_set_socket_option_callback(
                handle, RELSWEEP_CURLOPT_SOCKOPTFUNCTION
            ) { context, socket, _ in
                CurlTransport.from(context)?.socketMade(socket)
                return 0
            } == 0
            && pointer(RELSWEEP_CURLOPT_CLOSESOCKETDATA, sockets) == 0
            && relsweep_curl_set_close_socket_callback(
                handle, RELSWEEP_CURLOPT_CLOSESOCKETFUNCTION
            ) { context, socket in
                CurlTransport.from(context)?.socketDone(socket)
                return 0
            } == 0
    }

    /// Sets what belongs to one attempt.
    ///
    /// - Returns: What is wrong with the request, if it can't be sent; without its values.
    func begin(
        _ request: APIRequest, authorization: String?, completion: @escaping Completion
    ) -> String? {
        for text in [authorization ?? ""] + request.headers.flatMap({ [$0.name, $0.value] }) {
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                return "a header field or the access token has a control character"
            }
        }
        generation += 1
        sentCount = 0
        headerByteCount = 0
        isHeadComplete = false
        isCutOff = false
        body = []
        forgetFields()
        errorText[0] = 0

        let address = settings.endpoints[request.service]
        let usesFreshConnection = request.needsFreshConnection || !CurlLibrary.announcesSending
        // An empty proxy means none; an unset one would be read from the environment.
        let proxy = address.isLoopback ? "" : settings.proxy ?? ""
        guard set(RELSWEEP_CURLOPT_URL, settings.endpoints.url(of: request)) == 0,
            set(RELSWEEP_CURLOPT_PROXY, proxy) == 0, set(RELSWEEP_CURLOPT_NOPROXY, "") == 0,
            set(RELSWEEP_CURLOPT_FRESH_CONNECT, usesFreshConnection ? 1 : 0) == 0,
            setBody(request.body),
            set(RELSWEEP_CURLOPT_CUSTOMREQUEST, request.method.rawValue) == 0,
            setFields(request, authorization)
        else { return "libcurl refuses the request" }
        self.completion = completion
        return nil
    }

    private func setBody(_ body: [UInt8]) -> Bool {
        if body.isEmpty {
            guard hadBody else { return true }
            hadBody = false
            return pointer(RELSWEEP_CURLOPT_COPYPOSTFIELDS, nil) == 0
                && set(RELSWEEP_CURLOPT_HTTPGET, 1) == 0
        }
        hadBody = true
        guard set(RELSWEEP_CURLOPT_POSTFIELDSIZE, body.count) == 0 else { return false }
        return body.withUnsafeBytes { bytes in
            pointer(
                RELSWEEP_CURLOPT_COPYPOSTFIELDS,
                UnsafeMutableRawPointer(mutating: bytes.baseAddress))
                == 0
        }
    }

    /// The header list is rebuilt only when it changes, which is when the token changes.
    private func setFields(_ request: APIRequest, _ authorization: String?) -> Bool {
        let hasBody = !request.body.isEmpty
        if let made = fieldsAreFor, made.authorization == authorization,
            made.headers == request.headers, made.hasBody == hasBody
        {
            return true
        }
        var lines = request.headers.map { "\($0.name): \($0.value)" }
        if let authorization { lines.append("Authorization: \(authorization)") }
        if hasBody {
            // Do not wait for "100 Continue".
            lines.append("Expect:")
            if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
                lines.append("Content-Type: application/json")
            }
        }
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                return false
            }
            list = longer
        }
        let result = relsweep_curl_set_list(handle, RELSWEEP_CURLOPT_HTTPHEADER, list)
        curl_slist_free_all(fields)
        fields = list
        fieldsAreFor = (authorization, request.headers, hasBody)
        return result == 0
    }

    // MARK: Ending

    /// The result of the attempt; afterwards the transfer can be reused.
    ///
    /// - Parameter code: libcurl's result, or nil when the first byte came too late.
    func end(code: Int32?) -> (Completion?, Result<HTTPAnswer, TransportFailure>) {
        let result = result(of: code)
        body = []
        defer { completion = nil }
        return (completion, result)
    }

    /// Forgets the attempt without a result.
    func abandon() {
        body = []
        completion = nil
    }

    private func result(of code: Int32?) -> Result<HTTPAnswer, TransportFailure> {
        if code == RELSWEEP_CURLE_OK || isCutOff {
            // libcurl takes the end of a connection within the header fields for the end of a short
            // answer.
            guard isHeadComplete else {
                return .failure(
                    TransportFailure(.unreadable, "the answer ends within its header fields"))
            }
            var status = 0
            guard
                relsweep_curl_get_long(
                    handle, RELSWEEP_CURLINFO_RESPONSE_CODE, &status) == 0
            else { return .failure(TransportFailure(.unreadable, "an answer without a status")) }
            return .success(
                HTTPAnswer(
                    status: status, body: body, retryAfterSeconds: retryAfterSeconds,
                    creditsRemaining: creditsRemaining, isCutOff: isCutOff))
        }
        return .failure(TransportFailure(failureKind(of: code), message(of: code)))
    }

    /// `notSent` only if no byte of the request can have been sent.
    private func failureKind(of code: Int32?) -> TransportFailure.Kind {
        let hasNotLeft =
            CurlLibrary.announcesSending
            ? sentCount == 0 : code.map { Self.codesBeforeSending.contains($0) } ?? false
        if hasNotLeft {
            return code.map { Self.untrustedCodes.contains($0) } == true ? .untrusted : .notSent
        }
        guard let code, code != RELSWEEP_CURLE_OPERATION_TIMEDOUT else {
            return .timedOut
        }
        if hasAnswerBegun { return .unreadable }
        return Self.brokenAnswerCodes.contains(code) ? .unreadable : .connectionLost
    }

    /// Name, connection or TLS failed. These codes are trusted from an old libcurl, which does not
    /// announce requests.
    private static let codesBeforeSending: [Int32] = [
        RELSWEEP_CURLE_COULDNT_RESOLVE_PROXY,
        RELSWEEP_CURLE_COULDNT_RESOLVE_HOST,
        RELSWEEP_CURLE_COULDNT_CONNECT,
        RELSWEEP_CURLE_SSL_CONNECT_ERROR,
        RELSWEEP_CURLE_PEER_FAILED_VERIFICATION,
        RELSWEEP_CURLE_BAD_CA_FILE,
    ]

    /// The certificate is refused, or no authorities are available to check it.
    private static let untrustedCodes: [Int32] = [
        RELSWEEP_CURLE_PEER_FAILED_VERIFICATION,
        RELSWEEP_CURLE_BAD_CA_FILE,
    ]

    /// The server's reply is not HTTP.
    private static let brokenAnswerCodes: [Int32] = [
        RELSWEEP_CURLE_UNSUPPORTED_PROTOCOL,
        RELSWEEP_CURLE_WEIRD_SERVER_REPLY,
        RELSWEEP_CURLE_OUT_OF_MEMORY,
        RELSWEEP_CURLE_TOO_LARGE,
    ]

    private func message(of code: Int32?) -> String {
        guard let code else { return "no answer began within the timeout" }
        if headerByteCount > Self.maximumHeaderByteCount {
            return "the answer's header fields pass \(Self.maximumHeaderByteCount) bytes"
        }
        if code == RELSWEEP_CURLE_ABORTED_BY_CALLBACK, sentCount > 1 {
            return "the connection was reset before an answer came (not sent a second time)"
        }
        let text = errorText[0] == 0 ? nil : String(cString: errorText)
        let words = text ?? curl_easy_strerror(code).map { String(cString: $0) } ?? ""
        return SafeText.sanitised("\(words) (libcurl \(code))", maximumByteCount: 200)
    }

    // MARK: libcurl's callbacks

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Called before each request on an established connection; only the first is allowed.
    private func allowSending() -> Bool {
        sentCount += 1
        return sentCount == 1
    }

    /// Any return but `count` ends the transfer.
    private func bodyArrived(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes else { return 0 }
        let room = HTTPAnswer.maximumBodyByteCount - body.count
        bytes.withMemoryRebound(to: UInt8.self, capacity: count) { start in
            body.append(contentsOf: UnsafeBufferPointer(start: start, count: min(count, room)))
        }
        isCutOff = count > room
        return isCutOff ? 0 : count
    }

    private func headerArrived(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes else { return 0 }
        headerByteCount += count
        guard headerByteCount <= Self.maximumHeaderByteCount else { return 0 }
        bytes.withMemoryRebound(to: UInt8.self, capacity: count) { start in
            readField(UnsafeBufferPointer(start: start, count: count))
        }
        return count
    }

    private func readField(_ line: UnsafeBufferPointer<UInt8>) {
        if AnswerField.begins(line, with: "http/") {
            // A new status line: fields of an interim answer do not count.
            isHeadComplete = false
            forgetFields()
        } else if line.first == 0x0D || line.first == 0x0A {
            isHeadComplete = true
        } else if AnswerField.begins(line, with: "retry-after:") {
            retryAfter = Array(line.dropFirst(12).prefix(100))
        } else if AnswerField.begins(line, with: "date:") {
            date.replaceSubrange(0..., with: line.dropFirst(5).prefix(100))
        } else if AnswerField.begins(line, with: "x-api-credits-remaining:") {
            creditsRemaining = AnswerField.signedNumber(line.dropFirst(24))
        } else if AnswerField.begins(line, with: "content-length:") {
            let announced = AnswerField.number(line.dropFirst(15)) ?? 0
            body.reserveCapacity(min(announced, HTTPAnswer.maximumBodyByteCount))
        }
    }

    private func forgetFields() {
        retryAfter = []
        date.removeAll(keepingCapacity: true)
        creditsRemaining = nil
    }

    /// A date is counted from the answer's own `Date`, so that the two machines' clocks may differ;
    /// without one, from our clock.
    private var retryAfterSeconds: Int? {
        if retryAfter.isEmpty { return nil }
        let now = RetryAfter.date(of: date) ?? WallClock.milliseconds() / 1_000
        return RetryAfter.seconds(of: retryAfter, now: now)
    }

    // MARK: Options

    private func set(_ name: Int, _ value: some BinaryInteger) -> Int32 {
        relsweep_curl_set_long(handle, name, Int(clamping: value))
    }

    private func set(_ name: Int, _ value: String) -> Int32 {
        relsweep_curl_set_text(handle, name, value)
    }

    private func pointer(
        _ name: Int, _ value: UnsafeMutableRawPointer?
    ) -> Int32 {
        relsweep_curl_set_pointer(handle, name, value)
    }

    /// At least 1, because 0 would be "no limit"; at most what libcurl accepts.
    private func milliseconds(_ duration: Duration) -> Int {
        Int(min(max(duration.nanoseconds / 1_000_000, 1), Int64(Int32.max)))
    }
}

/// The few header fields of an answer that are read.
enum AnswerField {
    /// Whether a line begins with a name in lower case, colon included.
    static func begins(_ line: UnsafeBufferPointer<UInt8>, with name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        guard line.count >= count else { return false }
        for index in 0..<count {
            let byte = line[index]
            let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            guard lower == name.utf8Start[index] else { return false }
        }
        return true
    }

    /// As `number`, where a minus may come first.
    static func signedNumber(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        let text = value.drop { $0 == 0x20 || $0 == 0x09 }
        guard text.first == 0x2D else { return number(text) }
        let digits = text.dropFirst()
        guard let first = digits.first, first >= 0x30, first <= 0x39 else { return nil }
        return number(digits).map { -$0 }
    }

    /// The value as a whole number; nil for anything else, capped far above any use.
    static func number(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        var number = 0
        var digitCount = 0
        var hasEnded = false
        for byte in value {
            switch byte {
            case 0x30...0x39 where !hasEnded:
                digitCount += 1
                if number < 1_000_000_000_000 { number = number * 10 + Int(byte - 0x30) }
            case 0x20, 0x09, 0x0D, 0x0A: hasEnded = digitCount > 0
            default: return nil
            }
        }
        return digitCount > 0 ? number : nil
    }
}
