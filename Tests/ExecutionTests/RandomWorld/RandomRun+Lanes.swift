import Execution
import JobModel
import Journaling

// Invariants of rounds and pages, compared with the service's actual effects.

extension RandomRun {
    /// Named ⊆ really deleted ⊆ named + unaccounted, and `max_records` is never exceeded.
    mutating func checkRounds(_ outcomes: [UInt32: Outcome]) {
        var rowOfCall: [UInt32: UInt32] = [:]
        var stepOfCall: [UInt32: LaneStep] = [:]
        /// Rounds that may not be sent again: an attempt of theirs is unanswered or in doubt.
        var spent: Set<UInt32> = []
        var named: [UInt32: [UInt64]] = [:]
        var undeletable: [UInt32: Set<UInt64>] = [:]
        var unaccounted: [UInt32: Int] = [:]
        for record in disk {
            switch record {
            case .call(let call):
                guard let step = call.step, let row = call.rows.first else { continue }
                rowOfCall[call.call] = row
                stepOfCall[call.call] = step
            case .attempt(let attempt) where rowOfCall[attempt.call] != nil:
                if stepOfCall[attempt.call]?.isRepeatable == true { continue }
                if !spent.insert(attempt.call).inserted {
                    problems.append("a round in doubt was sent again")
                }
            case .answer(let answer):
                switch answer.verdict {
                case .throttled, .unauthorised, .unsent: spent.remove(answer.call)
                default: break
                }
                guard let row = rowOfCall[answer.call], let records = answer.records else {
                    continue
                }
                named[row, default: []] += records.deleted + records.gone
                unaccounted[row, default: 0] += records.unaccounted
                undeletable[row, default: []].formUnion(records.undeletable.map(\.id))
            default: continue
            }
        }
        let recovered = replayed()
        for job in serial.jobs {
            guard let pool = serial.pools[job.row] else { continue }
            let soFar = recovered.rounds.first { $0.row == job.row }
            let tally = soFar?.tally ?? CreatorTally()
            let names = named[job.row] ?? []
            // An unanswered attempt is unaccounted, or will be sent again and say what it did.
            let open = soFar?.openCall.flatMap { $0.isInDoubt ? $0.record.step : nil }
            let pending = open?.maximumUnaccounted ?? 0
            if Set(names).count != names.count { problems.append("a record is named twice") }
            if !pool.deleted.isSuperset(of: names) {
                problems.append("row \(job.row): named and not deleted")
            }
            if pool.deleted.count > names.count + tally.unaccounted + pending {
                problems.append("row \(job.row): \(pool.deleted.count) deleted, \(tally)")
            }
            if tally.deleted != names.count || tally.failed != undeletable[job.row]?.count ?? 0 {
                problems.append("row \(job.row): the tally \(tally) is not what is named")
            }
            if tally.unaccounted < unaccounted[job.row] ?? 0 {
                problems.append("row \(job.row): less is unaccounted than was said")
            }
            if tally.deleted + tally.unaccounted + pending > job.maximumRecords {
                problems.append("row \(job.row): max_records passed: \(tally)")
            }
            let kept = pool.left.filter { undeletable[job.row]?.contains($0) != true }
            if outcomes[job.row]?.kind == .deleted, kept.count > tally.unaccounted {
                problems.append("row \(job.row) is said to be done, \(kept) are left")
            }
        }
    }

    /// Pages are complete and in order, and each child occurs once.
    mutating func checkPages(_ outcomes: [UInt32: Outcome]) {
        var rowOfCall: [UInt32: UInt32] = [:]
        var pages: [UInt32: [Int]] = [:]
        var children: [UInt32: [UInt64]] = [:]
        for record in disk {
            switch record {
            case .call(let call) where call.step != nil: rowOfCall[call.call] = call.rows.first
            case .answer(let answer):
                guard let row = rowOfCall[answer.call], let page = answer.page else { continue }
                pages[row, default: []].append(page.page)
                children[row, default: []] += page.children.map(\.id)
            default: continue
            }
        }
        for parent in serial.parents {
            let read = pages[parent.row] ?? []
            if read != Array(1..<(read.count + 1)) { problems.append("pages \(read)") }
            let expected = serial.childrenOfParent[parent.id] ?? []
            let found = children[parent.row] ?? []
            if found != Array(expected.prefix(found.count)) {
                problems.append("children \(found) of \(expected)")
            }
            if outcomes[parent.row]?.kind == .listed, found != expected {
                problems.append("listed \(found) of \(expected)")
            }
        }
    }
}
