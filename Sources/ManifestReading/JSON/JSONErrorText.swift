import JSONText
import JobModel

/// Messages for structural faults of JSON manifests.
enum JSONErrorText {
    static let expected =
        "expected an array of objects, or {\"defaults\": {…}, \"items\": […]}"

    static let longItem =
        "the item is longer than \(CSVTokenizer.maximumRowByteCount) bytes: split it, or look for "
        + "a missing bracket; reading stopped here"

    static func longValue(_ count: Int, _ limit: Int, _ name: String) -> String {
        "the value of \(name) has \(count) bytes, at most \(limit) are allowed: shorten it"
    }

    /// - Parameter offset: the byte offset of the fault in the file.
    static func message(of kind: JSONError.Kind, offset: Int) -> String {
        switch kind {
        // These contain text of the file, which must be sanitised.
        case .doubledKey(let key):
            "the key \(SafeText.quoted(key)) occurs twice in the same object: keep one of them"
        case .invalidNumber(let text):
            "\(SafeText.quoted(text)) is not a number by JSON's grammar: write it as a string"
        case .unexpectedWord(let word, let expected):
            "found \(SafeText.quoted(word)), expected \(expected): put text in quotes"
        case .invalidEscape(let text):
            "\(SafeText.quoted(text)) is not an escape sequence of JSON: write a backslash as \\\\"
        case .unexpectedByte(0, _):
            "a NUL byte at offset \(offset): the file is damaged or no text, export it again as "
                + "UTF-8"
        case .controlCharacter(0):
            "a NUL byte at offset \(offset): the file is damaged or no text, export it again as "
                + "UTF-8"
        case .invalidUTF8: "invalid UTF-8 at byte offset \(offset): save the file as UTF-8"
        case .unexpectedEnd(let expected):
            "the text ends here, expected \(expected): is the file still being written?"
        case .trailingContent:
            "something follows after the end of the JSON value: one object a line is "
                + "--format jsonl"
        default: JSONError(kind: kind, position: TextPosition()).message
        }
    }

    /// The same for a line of JSON Lines.
    static func lineMessage(of kind: JSONError.Kind, offset: Int) -> String {
        switch kind {
        case .unexpectedEnd(let expected):
            "the line ends here, expected \(expected): put each object on one line; if it spans "
                + "several, use --format json"
        case .trailingContent:
            "something follows after the object: give each object a line of its own"
        default: message(of: kind, offset: offset)
        }
    }

    static func unknownRootKey(_ key: String) -> String {
        let found = "found the key \(SafeText.quoted(key)) in the outer object, expected "
        if KnownColumn(rawValue: key.lowercased()) != nil {
            return found
                + "\"items\": put a single item into an array, or use --format jsonl for one "
                + "object a line"
        }
        let near = Spelling.suggestion(for: key, among: ["defaults", "items"])
        return found + "\"defaults\" or \"items\"" + (near.map { ", meant \"\($0)\"?" } ?? "")
    }

    static func unknownDefault(_ key: String) -> String {
        "\"defaults\" does not know \(SafeText.quoted(key)): it supplies only known columns"
    }

    static func unmapped(_ entry: ColumnMap.Entry) -> String {
        HeaderParser.unmapped(entry) + "no item has that key"
    }

    static func mappedLinkField(_ name: APIName) -> String {
        "--column field:\(name) is for CSV: in JSON, fields of an update belong in "
            + "\"fields\": {\"\(name)\": …}"
    }

    /// A description of the value that a token starts.
    static func name(of token: JSONToken) -> String {
        switch token.kind {
        case .beginObject, .endObject: "an object"
        case .beginArray, .endArray: "an array"
        case .key, .string: "a string"
        case .number: "a number"
        case .bool: "a boolean"
        case .null: "null"
        }
    }
}
