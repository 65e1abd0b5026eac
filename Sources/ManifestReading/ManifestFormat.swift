/// How a manifest is written down.
package enum ManifestFormat: String, CaseIterable, Sendable {
    case csv, json
    /// JSON Lines, one object a line.
    case jsonLines = "jsonl"

    /// By a file's extension, `.csv .json .jsonl .ndjson`, upper and lower case alike; nil for any
    /// other.
    package init?(path: String) {
        guard let dot = path.utf8.lastIndex(of: 0x2E) else { return nil }
        let fileExtension = String(path[path.index(after: dot)...]).lowercased()
        self.init(word: fileExtension)
    }

    /// By the word of `--format`: `csv`, `json`, `jsonl` or `ndjson`; nil for any other.
    package init?(word: String) {
        if word == "ndjson" {
            self = .jsonLines
        } else {
            self.init(rawValue: word)
        }
    }
}
