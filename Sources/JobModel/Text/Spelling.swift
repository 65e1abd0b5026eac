/// Finds the known name closest to a misspelt one.
package enum Spelling {
    /// Maximum distance of a misspelling.
    package static let maximumDistance = 2

    /// Two edits turn any short word into another (`app` into `Age` or `map`): known names of up to
    /// three characters allow only one.
    private static func limit(for candidateLength: Int) -> Int {
        candidateLength <= 3 ? 1 : maximumDistance
    }

    /// The Levenshtein distance of two texts in Unicode scalars: 1 per character inserted, removed
    /// or changed.
    ///
    /// - Complexity: O(n × m). For names of more than 100 characters the result is the difference
    ///   in length or 100, which is beyond any limit.
    package static func distance(_ first: String, _ second: String) -> Int {
        let first = Array(first.unicodeScalars.prefix(101))
        let second = Array(second.unicodeScalars.prefix(101))
        guard first.count <= 100, second.count <= 100 else {
            return max(100, abs(first.count - second.count))
        }
        var row = Array(0...second.count)
        for (i, character) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in second.enumerated() {
                let changed = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, diagonal + 1, row[j] + 1)
            }
        }
        return row[second.count]
    }

    /// The known name closest to `name`, case-insensitively and within the limit; the first of
    /// equals. Names without a common character are not suggested (`xx` for `us`).
    package static func suggestion(for name: String, among known: [String]) -> String? {
        let folded = name.lowercased()
        let length = folded.unicodeScalars.count
        var best: (name: String, distance: Int)?
        for candidate in known {
            let candidateLength = candidate.unicodeScalars.count
            // Most names are excluded by length alone.
            guard abs(candidateLength - length) <= maximumDistance else { continue }
            let distance = distance(folded, candidate.lowercased())
            guard distance <= limit(for: candidateLength), distance < max(length, candidateLength),
                distance < best?.distance ?? .max
            else { continue }
            best = (candidate, distance)
        }
        return best?.name
    }
}
