import JobModel
import Journaling
import SandboxAPI

/// Of each Creator row: what the journal names as deleted is gone, what is gone is named or within
/// the number of the unaccounted, and never more than `max_records` are gone.
struct RoundsAccounted: Checker {
    private let scenario: Scenario

    init(_ scenario: Scenario) {
        self.scenario = scenario
    }

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        guard scenario.has(.rounds), case .worldEnded(let end) = happening else { return nil }
        var gone: Set<UInt64> = []
        for report in end.ledger.creatorReports { gone.formUnion(report.deleted) }
        var named = Array(repeating: Set<UInt64>(), count: scenario.rows.count)
        var concluded: Set<UInt64> = []
        var roundCounts = Array(repeating: 0, count: scenario.rows.count)
        var rowOfCall: [UInt32: UInt32] = [:]
        var doubled: String?
        var scan = JournalScan()
        scan.feed(end.journal) { scanned in
            switch scanned.record {
            case .call(let call) where call.step != nil: rowOfCall[call.call] = call.rows[0]
            case .answer(let answer):
                guard let records = answer.records, let row = rowOfCall[answer.call] else { break }
                roundCounts[Int(row)] += 1
                concluded.formUnion(records.gone)
                for id in records.deleted + records.gone
                where !named[Int(row)].insert(id).inserted {
                    doubled = "row \(row): record \(id) is named as deleted twice"
                }
            default: break
            }
            return nil
        }
        if let doubled { return doubled }
        for (row, item) in scenario.rows.enumerated()
        where item.operation == .deleteCreatorRecords {
            // An answer that leaves a record out, or names one that nobody asked for, is believed
            // but where the round had named its records.
            let isDistorted = scenario.has(.distortedAnswers)
            let slack = isDistorted && !scenario.has(.pinnedRounds) ? roundCounts[row] : 0
            let mayBeGhost =
                isDistorted ? concluded.union(named[row].subtracting(item.records)) : []
            let problem = judge(row, named[row], gone, end, slack: slack, mayBeGhost)
            if let problem { return "row \(row): \(problem)" }
        }
        return nil
    }

    private func judge(
        _ row: Int, _ named: Set<UInt64>, _ gone: Set<UInt64>, _ end: WorldEnd, slack: Int,
        _ mayBeGhost: Set<UInt64>
    ) -> String? {
        let item = scenario.rows[row]
        let deleted = gone.intersection(item.records)
        let ghosts = named.subtracting(deleted).subtracting(mayBeGhost)
        if let ghost = ghosts.min() { return "record \(ghost) is named as deleted and is there" }
        let rounds = end.run.rounds.first { $0.row == UInt32(row) }
        var unaccounted = rounds?.tally.unaccounted ?? 0
        if let open = rounds?.openCall, open.isInDoubt {
            unaccounted += open.record.step?.maximumUnaccounted ?? 0
        }
        let unnamed = deleted.subtracting(named).count
        if unnamed > unaccounted + slack {
            return "\(unnamed) records are gone that nobody named, \(unaccounted) are unaccounted"
        }
        if deleted.count > item.maximumRecords + slack {
            return "\(deleted.count) records are gone, max_records is \(item.maximumRecords)"
        }
        let known = rounds?.tally.deleted ?? 0
        if known != named.count { return "\(named.count) records are named, \(known) are counted" }
        let code = row < end.run.outcomeOfRow.count ? end.run.outcomeOfRow[row] : 0
        guard code > 0, OutcomeKind(rawValue: code - 1) == .deleted else { return nil }
        let left = Set(item.records).subtracting(deleted).subtracting(item.undeletable)
        return left.min().map { "is said to be done, and record \($0) is there" }
    }
}
