/// Finds what was probably meant.
package enum Suggestion {
    /// The candidate with the fewest edits, at most a third of the word's length (one at least); the first of equals.
    package static func nearest(to word: String, in candidates: [String]) -> String? {
        let maximum = max(1, word.utf8.count / 3)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(word.lowercased(), candidate.lowercased())
            if distance <= maximum, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.candidate
    }

    /// Edits that lead from one word to the other: insert, delete, replace, or swap two neighbours, one each.
    ///
    /// - Complexity: O(first × second), over bytes; the words are cut to 100.
    package static func distance(_ first: String, _ second: String) -> Int {
        let from = Array(first.utf8.prefix(100))
        let to = Array(second.utf8.prefix(100))
        var beforeLast = [Int](repeating: 0, count: to.count + 1)
        var last = Array(0...to.count)
        for row in 0..<from.count {
            var current = [row + 1]
            for column in 0..<to.count {
                let replaced = last[column] + (from[row] == to[column] ? 0 : 1)
                var fewest = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, from[row] == to[column - 1], from[row - 1] == to[column] {
                    fewest = min(fewest, beforeLast[column - 1] + 1)
                }
                current.append(fewest)
            }
            (beforeLast, last) = (last, current)
        }
        return last[to.count]
    }
}
