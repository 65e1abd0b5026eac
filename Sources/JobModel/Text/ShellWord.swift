/// Quoting for suggested commands, which users copy into a shell.
package enum ShellWord {
    /// The text as one shell word, quoted if needed: `'it'\''s'`.
    package static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
                    || "/._-+:@%,=~".utf8.contains(byte)
            } && !text.hasPrefix("~")
        if isPlain { return text }
        return "'"
            + text.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }
}
