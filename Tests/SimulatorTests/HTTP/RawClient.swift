import Foundation
import Glibc
import SystemCalls
import Testing

@testable import Simulator

/// A client that speaks raw bytes; every wait has a deadline. Use it inside `onOwnThread`.
final class RawClient {
    struct TimedOut: Error {}
    struct ConnectionReset: Error {}

    struct Answer {
        var status: Int
        var fields: [(name: String, value: String)]
        var body: [UInt8]
        /// Whether the body ended before its announced length.
        var isCut = false

        func value(_ name: String) -> String? {
            fields.first { $0.name.lowercased() == name }?.value
        }

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let socket: LoopbackSocket
    private var buffer: [UInt8] = []
    private(set) var hasEnded = false
    private let deadline = MonotonicClock.now() + 120_000_000_000

    init(_ address: String) throws {
        let port = try #require(UInt16(address.split(separator: ":").last ?? ""))
        socket = try LoopbackSocket.connect(port: port)
        try wait(for: Int16(POLLOUT))
    }

    deinit { socket.close() }

    /// Runs blocking code on a thread of its own, so that no test thread waits.
    static func onOwnThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Waits until something holds, looked at every two milliseconds for two minutes at most.
    static func wait(until condition: () -> Bool) throws {
        let deadline = MonotonicClock.now() + 120_000_000_000
        while !condition() {
            guard MonotonicClock.now() < deadline else { throw TimedOut() }
            _ = poll(nil, 0, 2)
        }
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            switch bytes[sent...].withUnsafeBytes({ socket.write($0) }) {
            case .bytes(let count): sent += count
            case .wouldBlock: try wait(for: Int16(POLLOUT))
            case .reset: throw ConnectionReset()
            }
        }
    }

    /// Sends a call with the header lines a client sends.
    func call(_ line: String, _ fields: String = "") throws {
        try send("\(line) HTTP/1.1\r\nHost: a\r\nAuthorization: Zoho-oauthtoken t\r\n\(fields)\r\n")
    }

    func finishWriting() { socket.finishWriting() }

    func closeWithReset() { socket.closeWithReset() }

    /// The next answer; interim ones are answers too.
    func answer(isToHead: Bool = false) throws -> Answer {
        let head = try readHead()
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        let status = try #require(Int(lines[0].split(separator: " ")[1]))
        let fields = lines.dropFirst().map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            return (parts[0], parts[1].trimmingCharacters(in: .whitespaces))
        }
        var answer = Answer(status: status, fields: fields, body: [])
        if isToHead || status == 100 || status == 204 { return answer }
        if answer.value("transfer-encoding") == "chunked" {
            answer.body = try readChunks()
        } else {
            let length = try #require(Int(answer.value("content-length") ?? ""))
            while buffer.count < length, !hasEnded { try readMore() }
            answer.isCut = buffer.count < length
            answer.body = Array(buffer.prefix(length))
            buffer.removeFirst(answer.body.count)
        }
        return answer
    }

    /// Whether the server closes now, with nothing more said.
    func isClosed() throws -> Bool {
        while !hasEnded, buffer.isEmpty { try readMore() }
        return buffer.isEmpty
    }

    private func readHead() throws -> String {
        while true {
            if let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                buffer.removeFirst(end.upperBound)
                return head
            }
            if hasEnded { throw ConnectionReset() }
            try readMore()
        }
    }

    private func readChunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            while buffer.firstRange(of: [0x0D, 0x0A]) == nil { try readMore() }
            let end = try #require(buffer.firstRange(of: [0x0D, 0x0A]))
            let size = try #require(
                Int(String(decoding: buffer[..<end.lowerBound], as: UTF8.self), radix: 16))
            buffer.removeFirst(end.upperBound)
            while buffer.count < size + 2 { try readMore() }
            body += buffer.prefix(size)
            buffer.removeFirst(size + 2)
            if size == 0 { return body }
        }
    }

    private func readMore() throws {
        try wait(for: Int16(POLLIN))
        var piece = [UInt8](repeating: 0, count: 65_536)
        switch piece.withUnsafeMutableBytes({ socket.read(into: $0) }) {
        case .bytes(let count): buffer += piece.prefix(count)
        case .wouldBlock: break
        case .closed: hasEnded = true
        case .reset: throw ConnectionReset()
        }
    }

    private func wait(for events: Int16) throws {
        let milliseconds = (deadline - MonotonicClock.now()) / 1_000_000
        var descriptor = pollfd(fd: socket.rawDescriptor, events: events, revents: 0)
        guard milliseconds > 0, poll(&descriptor, 1, Int32(milliseconds)) > 0 else {
            throw TimedOut()
        }
    }
}
