/// One piece of a JSON text, and where it stands.
package struct JSONToken: Equatable, Sendable {
    /// What it is.
    package var kind: Kind
    /// Its first byte.
    package var position: TextPosition

    /// Puts a piece and its place together.
    package init(_ kind: Kind, at position: TextPosition) {
        self.kind = kind
        self.position = position
    }

    /// The pieces a JSON text has; commas, colons and white space are not among them.
    package enum Kind: Equatable, Sendable {
        /// `{`
        case beginObject
        /// `}`
        case endObject
        /// `[`
        case beginArray
        /// `]`
        case endArray
        /// The key of a member, its escapes resolved; its value follows.
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
