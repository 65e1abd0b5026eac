/// An error in a JSON text, with its position.
package struct JSONError: Error, Equatable, Sendable {
    /// What is wrong.
    package var kind: Kind
    /// The faulty byte; for an unterminated construct, its start.
    package var position: TextPosition

    /// Creates an error.
    package init(kind: Kind, position: TextPosition) {
        self.kind = kind
        self.position = position
    }

    /// The faults a JSON text can have.
    package enum Kind: Equatable, Sendable {
        /// Only white space.
        case empty
        /// An unexpected byte, with what was expected.
        case unexpectedByte(UInt8, expected: String)
        /// A bare word that is not a literal, with what was expected.
        case unexpectedWord(String, expected: String)
        /// The text ended too early.
        case unexpectedEnd(expected: String)
        /// A string that is never closed; the position is that of its opening quote.
        case unterminatedString
        /// A `/*` that is never closed; the position is where it opened (JSON5 only).
        case unterminatedComment
        /// An unescaped control character within a string.
        case controlCharacter(UInt8)
        /// An invalid escape sequence.
        case invalidEscape(String)
        /// An unpaired surrogate.
        case loneSurrogate(UInt16)
        /// Invalid UTF-8; the offset is that of the sequence's first byte.
        case invalidUTF8
        /// An invalid number.
        case invalidNumber(String)
        /// A duplicate key.
        case doubledKey(String)
        /// Arrays and objects nested past the limit.
        case tooDeep(limit: Int)
        /// A text, or one token of a streamed text, with more bytes than the limit.
        case tooLong(limit: Int)
        /// An object with more members than the limit.
        case tooManyMembers(limit: Int)
        /// Something after the end of the one value.
        case trailingContent
    }

    /// The message: lower case, no full stop, without the position.
    package var message: String {
        switch kind {
        case .empty:
            return "there is no JSON value here, only white space"
        case .unexpectedByte(let byte, let expected):
            return "found \(Self.name(of: byte)), expected \(expected)"
        case .unexpectedWord(let word, let expected):
            return "found \"\(word)\", expected \(expected)"
        case .unexpectedEnd(let expected):
            return "the text ends here, expected \(expected)"
        case .unterminatedString:
            return "the string that opens here is never closed"
        case .unterminatedComment:
            return "the comment that opens here is never closed"
        case .controlCharacter(let byte):
            return "\(Self.name(of: byte)) within a string must be escaped"
        case .invalidEscape(let text):
            return "\"\(text)\" is not an escape sequence of JSON"
        case .loneSurrogate(let unit):
            let digits = String(unit, radix: 16, uppercase: true)
            return "\\u\(digits) is half of a surrogate pair, the other half is missing"
        case .invalidUTF8:
            return "the bytes from here are not valid UTF-8"
        case .invalidNumber(let text):
            return "\"\(text)\" is not a number by JSON's grammar"
        case .doubledKey(let key):
            return "the key \"\(key)\" occurs twice in the same object"
        case .tooDeep(let limit):
            return "nested more than \(limit) levels deep"
        case .tooLong(let limit):
            return "longer than the limit of \(limit) bytes"
        case .tooManyMembers(let limit):
            return "more than the limit of \(limit) members in one object"
        case .trailingContent:
            return "something follows after the end of the JSON value"
        }
    }

    /// The display form of a byte.
    static func name(of byte: UInt8) -> String {
        switch byte {
        case 0: "a NUL byte"
        case ASCII.tab: "a tab"
        case ASCII.lineFeed, ASCII.carriageReturn: "a line break"
        case ASCII.quote: "'\"'"
        case 0x21...0x7E: "\"\(Character(Unicode.Scalar(byte)))\""
        default: "the byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
        }
    }
}

extension JSONError: CustomStringConvertible {
    /// `line:column: error: message`.
    package var description: String { "\(position): error: \(message)" }
}

/// A fault within one token, by its offset from the token's first byte.
struct LexicalError: Error {
    var kind: JSONError.Kind
    var offset: Int
}
