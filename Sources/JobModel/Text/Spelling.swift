/// Finds what a misspelt name was meant to be.
package enum Spelling {
    /// Names further apart than this are not taken for misspellings of each other.
    package static let maximumDistance = 2

    /// Two changes make any short word out of another (`Age` and `map` out of `app`): for known
    /// names of up to three characters one change is the limit.
    private static func limit(for candidateLength: Int) -> Int {
        candidateLength <= 3 ? 1 : maximumDistance
    }

    /// The Levenshtein distance of two texts, in characters (Unicode scalars): one for a character
    /// put in, left out or changed.
    ///
    /// - Complexity: O(n × m); names of more than 100 characters are further than any limit from
    ///   known ones, so callers need not shorten them: the distance is then the difference in
    ///   length, or 100.
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

    /// The known name nearest to `name`, upper and lower case alike, within the limit; the first of
    /// equals. Names that share no character with it are none: `xx` was not meant as `us`.
    package static func suggestion(for name: String, among known: [String]) -> String? {
        let folded = name.lowercased()
        let length = folded.unicodeScalars.count
        var best: (name: String, distance: Int)?
        for candidate in known {
            let candidateLength = candidate.unicodeScalars.count
            // Lengths alone put most names too far apart.
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
