/// Reads a whole JSON text into a tree.
///
/// For texts of bounded size: answers, the configuration, single lines of a manifest. For large
/// texts use `JSONTokenizer`.
package enum JSONTree {
    /// Reads one value, which must be all of the text; a byte order mark may come first.
    ///
    /// - Throws: the first fault, with its position.
    package static func parse(
        _ bytes: [UInt8], dialect: JSONDialect = .json, limits: JSONLimits = .init()
    ) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            try parse(buffer, dialect: dialect, limits: limits)
        }
    }

    /// Reads one value from a part of a larger text.
    ///
    /// - Parameter start: Position of the part in that text, the base of error positions.
    /// - Throws: the first fault, with its position.
    package static func parse(
        _ buffer: UnsafeBufferPointer<UInt8>, dialect: JSONDialect = .json,
        limits: JSONLimits = .init(), startingAt start: TextPosition = .init()
    ) throws(JSONError) -> JSONValue {
        var parser = TreeParser<JSONValue>(
            bytes: buffer, dialect: dialect, limits: limits, start: start)
        return try parser.parseDocument()
    }

    /// Reads one value with the positions of all values and keys, for the configuration.
    ///
    /// - Throws: the first fault, with its position.
    package static func parseWithPositions(
        _ bytes: [UInt8], dialect: JSONDialect = .json, limits: JSONLimits = .init()
    ) throws(JSONError) -> PositionedValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            var parser = TreeParser<PositionedValue>(
                bytes: buffer, dialect: dialect, limits: limits, start: .init())
            return try parser.parseDocument()
        }
    }
}

/// A JSON value with its position.
package struct PositionedValue: Equatable, Sendable {
    /// What it is.
    package var content: Content
    /// Its first byte.
    package var position: TextPosition

    /// A value whose parts have positions.
    package enum Content: Equatable, Sendable {
        /// null, a Boolean, a number or a string
        case scalar(JSONValue)
        /// An array.
        case array([PositionedValue])
        /// An object, in the order of the source.
        case object([PositionedMember])
    }

    /// The value of a member, if this is an object that has it.
    package subscript(key: String) -> PositionedValue? {
        members?.first { KeySet.same($0.key, key) }?.value
    }

    /// The members, if this is an object.
    package var members: [PositionedMember]? {
        if case .object(let members) = content { members } else { nil }
    }

    /// The elements, if this is an array.
    package var elements: [PositionedValue]? {
        if case .array(let elements) = content { elements } else { nil }
    }

    /// The value without its positions.
    package var plain: JSONValue {
        switch content {
        case .scalar(let value): value
        case .array(let elements): .array(elements.map(\.plain))
        case .object(let members):
            .object(JSONObject(members.map { (key: $0.key, value: $0.value.plain) }))
        }
    }
}

/// An object member with its position.
package struct PositionedMember: Equatable, Sendable {
    /// The key, its escapes resolved.
    package var key: String
    /// The key's first byte (its quote, if it has one).
    package var keyPosition: TextPosition
    /// The value.
    package var value: PositionedValue
}

/// The result type of a parser: plain values, or values with positions.
protocol TreeNode {
    associatedtype Mark
    associatedtype Member
    static func mark(_ offset: Int, _ lines: inout LineCursor, _ bytes: UnsafeBufferPointer<UInt8>)
        -> Mark
    static func scalar(_ value: JSONValue, _ mark: Mark) -> Self
    static func array(_ elements: [Self], _ mark: Mark) -> Self
    static func object(_ members: [Member], _ mark: Mark) -> Self
    static func member(_ key: String, _ mark: Mark, _ value: Self) -> Member
    static func key(of member: Member) -> String
}

extension JSONValue: TreeNode {
    @inline(__always)
    static func mark(
        _ offset: Int, _ lines: inout LineCursor, _ bytes: UnsafeBufferPointer<UInt8>
    ) {}
    @inline(__always)
    static func scalar(_ value: JSONValue, _ mark: Void) -> JSONValue { value }
    @inline(__always)
    static func array(_ elements: [JSONValue], _ mark: Void) -> JSONValue { .array(elements) }
    @inline(__always)
    static func object(_ members: [(key: String, value: JSONValue)], _ mark: Void) -> JSONValue {
        .object(JSONObject(members))
    }
    @inline(__always)
    static func member(
        _ key: String, _ mark: Void, _ value: JSONValue
    ) -> (key: String, value: JSONValue) {
        (key: key, value: value)
    }
    @inline(__always)
    static func key(of member: (key: String, value: JSONValue)) -> String { member.key }
}

extension PositionedValue: TreeNode {
    static func mark(
        _ offset: Int, _ lines: inout LineCursor, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> TextPosition {
        lines.position(of: offset, in: bytes)
    }
    static func scalar(_ value: JSONValue, _ mark: TextPosition) -> PositionedValue {
        PositionedValue(content: .scalar(value), position: mark)
    }
    static func array(_ elements: [PositionedValue], _ mark: TextPosition) -> PositionedValue {
        PositionedValue(content: .array(elements), position: mark)
    }
    static func object(_ members: [PositionedMember], _ mark: TextPosition) -> PositionedValue {
        PositionedValue(content: .object(members), position: mark)
    }
    static func member(
        _ key: String, _ mark: TextPosition, _ value: PositionedValue
    ) -> PositionedMember {
        PositionedMember(key: key, keyPosition: mark, value: value)
    }
    static func key(of member: PositionedMember) -> String { member.key }
}
