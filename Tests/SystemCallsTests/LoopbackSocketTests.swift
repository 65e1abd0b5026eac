import Glibc
import SystemCalls
import Testing

@Suite struct LoopbackSocketTests {
    /// Waits for readiness in the kernel; what a Dispatch source does in the product.
    private func wait(_ socket: LoopbackSocket, _ events: Int32) {
        var waiting = pollfd(fd: socket.rawDescriptor, events: Int16(events), revents: 0)
        #expect(poll(&waiting, 1, 5_000) == 1)
    }

    private func pair() throws -> (client: LoopbackSocket, server: LoopbackSocket) {
        let (listener, port) = try LoopbackSocket.listen()
        #expect(port != 0)
        #expect(try listener.accept() == nil)
        let client = try LoopbackSocket.connect(port: port)
        wait(listener, Int32(POLLIN))
        let server = try #require(try listener.accept())
        try server.setNoDelay()
        wait(client, Int32(POLLOUT))
        return (client, server)
    }

    private func read(_ socket: LoopbackSocket) -> (LoopbackSocket.ReadResult, [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 64)
        let result = buffer.withUnsafeMutableBytes { socket.read(into: $0) }
        if case .bytes(let count) = result { return (result, Array(buffer[..<count])) }
        return (result, [])
    }

    @Test func `bytes go both ways and the end is seen`() throws {
        let (client, server) = try pair()
        #expect(read(server).0 == .wouldBlock)
        #expect(Array("hi".utf8).withUnsafeBytes { client.write($0) } == .bytes(2))
        wait(server, Int32(POLLIN))
        #expect(read(server) == (.bytes(2), Array("hi".utf8)))
        client.finishWriting()
        wait(server, Int32(POLLIN))
        #expect(read(server).0 == .closed)
    }

    @Test func `a reset is distinguished from an end`() throws {
        let (client, server) = try pair()
        server.closeWithReset()
        wait(client, Int32(POLLIN))
        #expect(read(client).0 == .reset)
        #expect([1].withUnsafeBytes { client.write($0) } == .reset)
    }

    @Test func `a connection that does not read stops the writer without blocking it`() throws {
        let (client, server) = try pair()
        let block = [UInt8](repeating: 7, count: 1 << 20)
        var isFull = false
        for _ in 0..<64 where !isFull {
            isFull = block.withUnsafeBytes { server.write($0) } == .wouldBlock
        }
        #expect(isFull)
        client.close()
    }

    @Test func `a port that is taken is refused by name`() throws {
        let (listener, port) = try LoopbackSocket.listen()
        #expect(
            throws: SystemError(operation: "bind", path: "127.0.0.1:\(port)", errno: EADDRINUSE)
        ) {
            try LoopbackSocket.listen(port: port)
        }
        listener.close()
    }
}
