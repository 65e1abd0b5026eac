/// Limits for parsing a JSON text.
package struct JSONLimits: Equatable, Sendable {
    /// Levels of arrays and objects; nothing that relsweep reads is nested deeper than ten.
    package var maximumDepth: Int
    /// Bytes of a text that is read into a tree, 16 MiB: four times the longest answer accepted.
    package var maximumBytes: Int
    /// Bytes of one string, number or word of a streamed text, 1 MiB: the longest row accepted.
    package var maximumTokenBytes: Int
    /// Members of one object; all keys are kept to detect duplicates.
    package var maximumMembers: Int

    /// The usual limits, or others by name.
    package init(
        maximumDepth: Int = 64, maximumBytes: Int = 16 << 20, maximumTokenBytes: Int = 1 << 20,
        maximumMembers: Int = 100_000
    ) {
        self.maximumDepth = maximumDepth
        self.maximumBytes = maximumBytes
        self.maximumTokenBytes = maximumTokenBytes
        self.maximumMembers = maximumMembers
    }
}

/// The grammar of a text.
package enum JSONDialect: Equatable, Sendable {
    /// RFC 8259, nothing else.
    case json
    /// JSON5, for the configuration: comments, trailing commas, single quotes, unquoted keys.
    ///
    /// Numbers are turned into JSON's spelling (`.5` → `0.5`, `+1` → `1`, `0x10` → `16`).
    /// Deviations: `Infinity` and `NaN` are errors, since no setting can take them, and so are
    /// control characters other than the tab within a string.
    case json5
}
