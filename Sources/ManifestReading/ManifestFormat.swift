/// The format of a manifest.
package enum ManifestFormat: String, CaseIterable, Sendable {
    case csv, json
    /// JSON Lines, one object per line.
    case jsonLines = "jsonl"

    /// By file extension, `.csv .json .jsonl .ndjson`, case-insensitive; nil for others.
    package init?(path: String) {
        guard let dot = path.utf8.lastIndex(of: 0x2E) else { return nil }
        let fileExtension = String(path[path.index(after: dot)...]).lowercased()
        self.init(word: fileExtension)
    }

    /// By the value of `--format`: `csv`, `json`, `jsonl` or `ndjson`; nil for others.
    package init?(word: String) {
        if word == "ndjson" {
            self = .jsonLines
        } else {
            self.init(rawValue: word)
        }
    }
}
