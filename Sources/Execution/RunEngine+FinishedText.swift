import JobModel

extension RunEngine {
    /// The outcomes of the run, including those whose records are not durable yet.
    var settled: (counts: OutcomeCounts, creator: CreatorTally) {
        var counts = progress.counts
        var creator = progress.creator
        for commit in commits {
            for (kind, count) in commit.counts { counts[kind] += count }
            creator.add(commit.creator)
        }
        return (counts, creator)
    }

    /// The stop record's text for a finished run: `finished`, or what was not done in it:
    /// `finished, 27 rows not done: 20 failed, 5 blocked, 2 skipped`.
    var finishedText: String {
        let (counts, creator) = settled
        let rows =
            [OutcomeKind.failed, .blocked, .unknown].map { ($0.word, counts[$0]) }
            + [("skipped", setup.skippedRows)]
        let records = [("not deleted", creator.failed), ("unaccounted", creator.unaccounted)]
        func listed(_ parts: [(String, Int)]) -> String {
            parts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
        }
        var text = "finished"
        let open = rows.reduce(0) { $0 + $1.1 }
        if open > 0 {
            text += ", \(open) \(open == 1 ? "row" : "rows") not done: \(listed(rows))"
        }
        if !listed(records).isEmpty { text += "; Creator records: \(listed(records))" }
        return text
    }
}
