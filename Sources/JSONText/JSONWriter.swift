/// Writes compact JSON into bytes.
///
/// Commas and colons are inserted automatically. Output is always valid UTF-8; only quotes,
/// backslashes and control characters are escaped.
///
///     var writer = JSONWriter()
///     writer.beginObject()
///     writer.member("id", string: "7")
///     writer.endObject()
///     writer.bytes  // {"id":"7"}
package struct JSONWriter: Sendable {
    /// What has been written.
    package var bytes: [UInt8]
    /// Whether the next key or element needs a comma.
    private var needsComma = false
    /// The open containers (true = object), for precondition checks.
    private var containers: [Bool] = []

    /// A writer with nothing written.
    package init() {
        bytes = []
    }

    /// Creates a writer that appends to existing bytes, to reuse their capacity.
    package init(appendingTo bytes: consuming [UInt8]) {
        self.bytes = bytes
    }

    /// Writes `{`.
    package mutating func beginObject() { begin(ASCII.leftBrace, isObject: true) }

    /// Writes `}`.
    package mutating func endObject() { end(ASCII.rightBrace, isObject: true) }

    /// Writes `[`.
    package mutating func beginArray() { begin(ASCII.leftBracket, isObject: false) }

    /// Writes `]`.
    package mutating func endArray() { end(ASCII.rightBracket, isObject: false) }

    /// Writes the key of a member; its value must be written next.
    package mutating func key(_ key: String) {
        precondition(containers.last == true, "the key \"\(key)\" was written outside of an object")
        separate()
        quoted(key)
        bytes.append(ASCII.colon)
        needsComma = false
    }

    /// Writes a string.
    package mutating func string(_ value: String) {
        separate()
        quoted(value)
    }

    /// Writes an integer.
    package mutating func integer(_ value: some BinaryInteger) {
        separate()
        if let value = UInt64(exactly: value) {
            digits(value)
        } else if let value = Int64(exactly: value) {
            bytes.append(ASCII.minus)
            digits(value.magnitude)
        } else {
            bytes.append(contentsOf: String(value).utf8)
        }
    }

    /// Writes an integer; the generic version is far slower across modules.
    package mutating func integer(_ value: Int) {
        separate()
        if value < 0 { bytes.append(ASCII.minus) }
        digits(UInt64(value.magnitude))
    }

    /// Writes an array of integers.
    package mutating func integers(_ values: [UInt32]) {
        beginArray()
        for value in values {
            separate()
            digits(UInt64(value))
        }
        endArray()
    }

    /// Writes an array of integers as strings, which survive readers that use Double.
    package mutating func quotedIntegers(_ values: [UInt64]) {
        beginArray()
        for value in values {
            separate()
            bytes.append(ASCII.quote)
            digits(value)
            bytes.append(ASCII.quote)
        }
        endArray()
    }

    /// Writes a number exactly as it was read.
    package mutating func number(_ value: JSONNumber) {
        separate()
        bytes.append(contentsOf: value.text.utf8)
    }

    /// Writes `true` or `false`.
    package mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes `null`.
    package mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a whole tree.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .number(let number): self.number(number)
        case .string(let string): self.string(string)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// Writes a member whose value is a string.
    package mutating func member(_ key: String, string value: String) {
        self.key(key)
        string(value)
    }

    /// Writes a member whose value is an integer.
    package mutating func member(_ key: String, integer value: some BinaryInteger) {
        self.key(key)
        integer(value)
    }

    /// Writes a member whose value is a truth value.
    package mutating func member(_ key: String, bool value: Bool) {
        self.key(key)
        bool(value)
    }

    /// Writes a member whose value is a tree.
    package mutating func member(_ key: String, value: JSONValue) {
        self.key(key)
        self.value(value)
    }

    /// The compact text of a tree.
    package static func text(of value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private mutating func separate() {
        if needsComma { bytes.append(ASCII.comma) }
        needsComma = true
    }

    private mutating func begin(_ byte: UInt8, isObject: Bool) {
        separate()
        bytes.append(byte)
        containers.append(isObject)
        needsComma = false
    }

    private mutating func end(_ byte: UInt8, isObject: Bool) {
        precondition(
            containers.popLast() == isObject,
            "the end of an \(isObject ? "object" : "array") was written, and none is open")
        bytes.append(byte)
        needsComma = true
    }

    private mutating func digits(_ value: UInt64) {
        if value < 10 { return bytes.append(ASCII.zero + UInt8(truncatingIfNeeded: value)) }
        // Twenty digits hold every 64-bit number; they are filled from the right.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var rest = value
            var start = 20
            repeat {
                start -= 1
                buffer.initializeElement(at: start, to: ASCII.zero + UInt8(rest % 10))
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: buffer[start...])
        }
    }

    private mutating func quoted(_ string: String) {
        var copy = string
        bytes.append(ASCII.quote)
        copy.withUTF8 { utf8 in
            var start = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 0x20 || byte == ASCII.quote || byte == ASCII.backslash else {
                    continue
                }
                bytes.append(contentsOf: utf8[start..<index])
                escape(byte)
                start = index + 1
            }
            bytes.append(contentsOf: utf8[start...])
        }
        bytes.append(ASCII.quote)
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(ASCII.backslash)
        switch byte {
        case ASCII.quote, ASCII.backslash: bytes.append(byte)
        case ASCII.lineFeed: bytes.append(UInt8(ascii: "n"))
        case ASCII.carriageReturn: bytes.append(UInt8(ascii: "r"))
        case ASCII.tab: bytes.append(UInt8(ascii: "t"))
        default:
            let hexadecimal = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(hexadecimal[Int(byte >> 4)])
            bytes.append(hexadecimal[Int(byte & 15)])
        }
    }
}
