extension HTTPRequestParser {
    /// Collects a chunk's size line and checks it once it is complete.
    mutating func chunkLineStep(
        _ bytes: UnsafeBufferPointer<UInt8>, _ consumed: inout Int
    ) throws(HTTPRefusal) -> Event? {
        guard let text = try collectBodyLine(bytes, &consumed, limits.maximumChunkLineBytes, 400)
        else { return nil }
        let digits = text.prefix { hexadecimalValue($0) != nil }
        // Fifteen hexadecimal digits fit an Int.
        guard !digits.isEmpty, digits.count <= 15, isChunkExtension(text[digits.endIndex...]) else {
            throw HTTPRefusal(status: 400, reason: "a chunk's size line is no number")
        }
        let size = digits.reduce(0) { $0 * 16 + (hexadecimalValue($1) ?? 0) }
        if size == 0 {
            state = .trailer
            return nil
        }
        guard size <= limits.maximumBodyBytes - (request?.body.count ?? 0) else {
            throw HTTPRefusal(
                status: 413, reason: "the body is longer than \(limits.maximumBodyBytes) bytes")
        }
        state = .chunk(remaining: size)
        return nil
    }

    /// Collects a trailer line; the empty one ends the request. Trailers are checked and dropped.
    mutating func trailerStep(
        _ bytes: UnsafeBufferPointer<UInt8>, _ consumed: inout Int
    ) throws(HTTPRefusal) -> Event? {
        guard let text = try collectBodyLine(bytes, &consumed, limits.maximumFieldLineBytes, 431)
        else { return nil }
        if text.isEmpty { return finishedRequest() }
        trailerCount += 1
        guard (request?.fields.count ?? 0) + trailerCount <= limits.maximumFieldCount else {
            throw HTTPRefusal(
                status: 431, reason: "more than \(limits.maximumFieldCount) header lines")
        }
        let field = try splitField(text, text.indices)
        for framingName: StaticString in ["content-length", "transfer-encoding", "host"]
        where text.spells(framingName, at: field.name) {
            throw HTTPRefusal(status: 400, reason: "a trailer cannot frame the message")
        }
        return nil
    }

    /// A whole line without its end, or nil while bytes of it are missing.
    private mutating func collectBodyLine(
        _ bytes: UnsafeBufferPointer<UInt8>, _ consumed: inout Int, _ limit: Int, _ status: Int
    ) throws(HTTPRefusal) -> [UInt8]? {
        let hasEnded = Self.collectLine(bytes, &consumed, into: &line)
        if hasEnded ? line.count - 2 > limit : line.count - 1 > limit {
            throw HTTPRefusal(
                status: status, reason: "a chunk or trailer line is longer than \(limit) bytes")
        }
        guard hasEnded else { return nil }
        guard line.count >= 2, line[line.count - 2] == 0x0D else {
            throw HTTPRefusal(status: 400, reason: "a line ends with LF alone")
        }
        let text = Array(line.dropLast(2))
        line.removeAll(keepingCapacity: true)
        return text
    }

    /// Blanks, then nothing, or `;` and any visible text: extensions are ignored.
    private func isChunkExtension(_ rest: ArraySlice<UInt8>) -> Bool {
        let text = rest.drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = text.first else { return rest.isEmpty }
        return first == 0x3B
            && text.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }

    private func hexadecimalValue(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte - 0x30)
        case 0x41...0x46: Int(byte - 0x41) + 10
        case 0x61...0x66: Int(byte - 0x61) + 10
        default: nil
        }
    }
}
