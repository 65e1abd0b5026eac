/// A JSON value as a tree.
package enum JSONValue: Equatable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number, as its own text.
    case number(JSONNumber)
    /// A string, its escapes resolved.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object, its members in the order of the source.
    case object(JSONObject)

    /// The value of a member, if this is an object that has it.
    package subscript(key: String) -> JSONValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    /// The string, if this is one.
    package var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    /// The number, if this is one.
    package var number: JSONNumber? {
        if case .number(let number) = self { number } else { nil }
    }

    /// The truth value, if this is one.
    package var bool: Bool? {
        if case .bool(let bool) = self { bool } else { nil }
    }

    /// The elements, if this is an array.
    package var array: [JSONValue]? {
        if case .array(let array) = self { array } else { nil }
    }

    /// The members, if this is an object.
    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// Whether this is `null`.
    package var isNull: Bool { self == .null }

    /// The kind of the value, for messages.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// The members of a JSON object in source order, with unique keys.
package struct JSONObject: Equatable, Sendable {
    /// The members in order.
    package private(set) var members: [(key: String, value: JSONValue)]

    /// An object of members whose keys differ.
    package init(_ members: [(key: String, value: JSONValue)] = []) {
        self.members = members
    }

    /// The value of a key, which is compared byte by byte.
    ///
    /// - Complexity: O(members): the objects of the service have few.
    package subscript(key: String) -> JSONValue? {
        for member in members where KeySet.same(member.key, key) { return member.value }
        return nil
    }

    /// The keys in order.
    package var keys: [String] { members.map(\.key) }

    /// Equal when both have the same members in the same order.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.count == right.members.count
            && zip(left.members, right.members).allSatisfy {
                KeySet.same($0.key, $1.key) && $0.value == $1.value
            }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string literal is a string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// A truth literal is a truth value.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer literal is a number.
    package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    /// An array literal is an array.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// A dictionary literal is an object with its members in the order written.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
    }
}

/// The keys of an object read so far, to detect duplicates.
///
/// Keys are compared by bytes, as in JSON, unlike Swift's `==`, which uses canonical equivalence:
/// an é written in two ways makes two keys.
struct KeySet {
    private struct Exact: Hashable {
        let key: String
        static func == (left: Exact, right: Exact) -> Bool { KeySet.same(left.key, right.key) }
        func hash(into hasher: inout Hasher) {
            var copy = key
            copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    /// Up to this many keys, linear search is faster than a table.
    static let listLimit = 16
    private var list: [String] = []
    private var table: Set<Exact> = []

    /// How many keys there are.
    var count: Int { table.isEmpty ? list.count : table.count }

    /// Adds a key; false if it exists.
    mutating func insert(_ key: String) -> Bool {
        if !table.isEmpty { return table.insert(Exact(key: key)).inserted }
        for earlier in list where Self.same(earlier, key) { return false }
        list.append(key)
        if list.count > Self.listLimit { table = Set(list.map { Exact(key: $0) }) }
        return true
    }

    /// Whether two strings have the same bytes.
    @inline(__always)
    static func same(_ left: String, _ right: String) -> Bool {
        // Cheap tests first: nearly all pairs differ there.
        left.utf8.count == right.utf8.count && left == right
            && left.utf8.elementsEqual(right.utf8)
    }
}
