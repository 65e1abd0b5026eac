/// A token with its position.
package struct JSONToken: Equatable, Sendable {
    /// What it is.
    package var kind: Kind
    /// Its first byte.
    package var position: TextPosition

    /// Creates a token.
    package init(_ kind: Kind, at position: TextPosition) {
        self.kind = kind
        self.position = position
    }

    /// The kinds of tokens; commas, colons and white space are not tokens.
    package enum Kind: Equatable, Sendable {
        /// `{`
        case beginObject
        /// `}`
        case endObject
        /// `[`
        case beginArray
        /// `]`
        case endArray
        /// A member's key, unescaped; its value follows.
        case key(String)
        /// A string, its escapes resolved.
        case string(String)
        /// A number as its own text.
        case number(JSONNumber)
        /// `true` or `false`
        case bool(Bool)
        /// `null`
        case null
    }
}
