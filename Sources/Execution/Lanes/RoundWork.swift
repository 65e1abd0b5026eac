import JobModel
import Journaling
import ZohoAPI

/// A Creator job in progress: the results of its rounds, and what follows.
///
/// The item ends
/// - `deleted`: nothing is left that matches and can be deleted. Records that could not be deleted,
///   and unaccounted ones, are counted separately: the run's exit status shows it.
/// - `failed`: the service refused; or a code of relsweep (`RelsweepErrorCode`): another round
///   could exceed `max_records`, more than 200 records can't be deleted, a round returned nothing
///   new, announced records are missing; or records matched and none of them could be deleted.
/// - `unknown`: more rounds in a row were in doubt than there are retries.
struct RoundWork: Sendable {
    let job: CreatorJob
    private(set) var progress: RoundProgress
    /// Explicit ids for the next round, from its listing.
    private var explicitIDs: [UInt64]?

    init(_ job: CreatorJob, _ progress: RoundProgress?) {
        self.job = job
        self.progress = progress ?? RoundProgress(row: job.row)
    }

    /// The next call, or nil if the next round could pass `max_records`. A round that names its
    /// records names no more than that limit allows, and a listing deletes nothing.
    ///
    /// - Parameter usesExplicitIDs: `creator.pin`.
    func nextStep(usesExplicitIDs: Bool) -> LaneStep? {
        if let explicitIDs {
            return .round(progress.nextRound, excluded: [], explicitIDs: explicitIDs)
        }
        if usesExplicitIDs {
            return .listing(round: progress.nextRound, excluded: progress.excluded)
        }
        guard remainingRecords(progress) >= CreatorJob.recordsPerRound else { return nil }
        return .round(progress.nextRound, excluded: progress.excluded, explicitIDs: nil)
    }

    var followsDoubtfulRound: Bool { progress.consecutiveDoubts > 0 }

    // MARK: Results of calls

    /// Processes a listing of the matching records.
    ///
    /// - Returns: the item's outcome, if it ends.
    mutating func listed(_ ids: [UInt64], status: Int) -> Outcome? {
        let new = ids.filter { !progress.deleted.contains($0) }
        guard !new.isEmpty else {
            return ids.isEmpty
                ? completed(progress, lastFailure: nil, status: status)
                : RelsweepErrorCode.nothingNew.failure(
                    status: status, "records are listed that were answered as deleted")
        }
        let count = min(remainingRecords(progress), CreatorJob.recordsPerRound)
        guard count > 0 else { return maximumReached(progress, status) }
        explicitIDs = Array(new.prefix(count))
        return nil
    }

    /// Processes the answer to a round.
    ///
    /// - Parameters:
    ///   - wasInDoubt: an earlier attempt of the same call may have acted.
    /// - Returns: what to journal, and the item's outcome, if it ends.
    mutating func answered(
        _ result: RoundResult, to step: LaneStep, wasInDoubt: Bool
    ) -> (RoundRecords, Outcome?) {
        guard case .round(let round, _, let named) = step else {
            preconditionFailure("\(step) was answered as a round")
        }
        let failed = result.failed.filter { !progress.excluded.contains($0.id) }
        var records = RoundRecords(
            deleted: result.deleted.filter { !progress.deleted.contains($0) },
            undeletable: failed.filter(\.isUndeletable).map(UndeletableRecord.init),
            unaccounted: result.unaccounted, moreRecords: result.moreRecords)
        records.foreign = result.foreign.count
        if let named { account(for: named, result, &records, wasInDoubt: wasInDoubt) }
        explicitIDs = nil
        var next = progress
        next.apply(records, ofRound: round, isInDoubt: false)
        let passing = failed.filter { !$0.isUndeletable }
        let outcome = outcome(next, records, result, named, isEveryFailureFinal: passing.isEmpty)
        // The item ends, so records that could have been retried count as failed.
        if outcome != nil { records.undeletable += passing.map(UndeletableRecord.init) }
        progress.apply(records, ofRound: round, isInDoubt: false)
        return (records, outcome)
    }

    /// A round that named no records was sent and not clearly answered: it may have deleted as many
    /// as a round can. It is never sent again unchanged.
    mutating func lost(
        _ step: LaneStep, _ message: ServiceMessage, retries: Int
    ) -> (RoundRecords, Outcome?) {
        guard case .round(let round, _, nil) = step else {
            preconditionFailure("\(step) was counted as lost, and it can be sent again")
        }
        let records = RoundRecords(unaccounted: step.maximumUnaccounted)
        progress.apply(records, ofRound: round, isInDoubt: true)
        if progress.consecutiveDoubts > retries {
            return (
                records,
                Outcome(
                    kind: .unknown, status: message.status, code: message.code,
                    message: message.text)
            )
        }
        let isFull = remainingRecords(progress) < CreatorJob.recordsPerRound
        return (records, isFull ? maximumReached(progress, message.status) : nil)
    }

    // MARK: Rules

    /// Named records that are missing from a complete answer to a later attempt were deleted by the
    /// attempt in doubt. Without an attempt in doubt, records missing from the answer are
    /// unaccounted. So are records with a transient error after an attempt in doubt, which may be
    /// deleting them.
    private func account(
        for named: [UInt64], _ result: RoundResult, _ records: inout RoundRecords, wasInDoubt: Bool
    ) {
        let spoken = Set(result.deleted + result.failed.map(\.id))
        // Code 3100: nothing matched, so nothing was deleted. An answer without elements does not
        // imply that.
        if !wasInDoubt, result.nothingMatched { return }
        let silent = named.filter { !spoken.contains($0) && !progress.deleted.contains($0) }
        if !wasInDoubt || result.moreRecords == true || result.unaccounted > 0 {
            records.unaccounted = max(result.unaccounted, silent.count)
        } else {
            records.gone = silent
        }
        if wasInDoubt {
            records.unaccounted += result.failed.count {
                !$0.isUndeletable && named.contains($0.id)
            }
        }
    }

    private func outcome(
        _ next: RoundProgress, _ records: RoundRecords, _ result: RoundResult, _ named: [UInt64]?,
        isEveryFailureFinal: Bool
    ) -> Outcome? {
        let lastFailure = result.failed.last
        if named == nil, result.nothingMatched, progress.expectsMore {
            return RelsweepErrorCode.recordsVanished.failure(
                status: result.status,
                "the previous round reported more matching records, and this one found none")
        }
        if named == nil, result.moreRecords == false, isEveryFailureFinal {
            return completed(next, lastFailure: lastFailure, status: result.status)
        }
        if next.excluded.count > CreatorJob.maximumExcluded {
            return RelsweepErrorCode.tooManyUndeletable.failure(
                status: result.status,
                "\(next.excluded.count) records can't be deleted, and a criteria expression "
                    + "excludes at most \(CreatorJob.maximumExcluded); the last one: "
                    + (lastFailure?.message ?? ""))
        }
        if records.deleted.isEmpty, records.gone.isEmpty {
            // A round that was not full has covered all matching records. One that names its
            // records is full when it names as many as max_records allows.
            let count = named?.count ?? (result.deleted.count + result.failed.count)
            let full = min(
                CreatorJob.recordsPerRound,
                named == nil ? CreatorJob.recordsPerRound : remainingRecords(progress))
            let isAll = isEveryFailureFinal && result.moreRecords != true && count < full
            if isAll { return completed(next, lastFailure: lastFailure, status: result.status) }
            // Undeletable records are excluded from now on, and other records may match.
            if records.undeletable.isEmpty {
                return RelsweepErrorCode.nothingNew.failure(
                    status: result.status,
                    "a round deleted nothing new, and records are left: "
                        + (lastFailure?.message ?? ""))
            }
        }
        let isFull = named == nil && remainingRecords(next) < CreatorJob.recordsPerRound
        return isFull ? maximumReached(next, result.status) : nil
    }

    private func completed(
        _ next: RoundProgress, lastFailure: FailedRecord?, status: Int
    ) -> Outcome {
        let isInVain = next.tally.deleted == 0 && next.tally.unaccounted == 0
        if isInVain, next.tally.failed > 0 {
            return Outcome(
                kind: .failed, status: status, code: lastFailure?.code ?? "3001",
                message: lastFailure?.message ?? "")
        }
        return Outcome(kind: .deleted, status: status)
    }

    /// Records that may still be deleted, by `max_records`; below zero after a round deleted others
    /// than it named.
    private func remainingRecords(_ progress: RoundProgress) -> Int {
        job.maximumRecords - progress.tally.deleted - progress.tally.unaccounted
    }

    private func maximumReached(_ progress: RoundProgress, _ status: Int) -> Outcome {
        RelsweepErrorCode.maximumRecords.failure(
            status: status,
            "\(progress.tally.deleted) deleted and \(progress.tally.unaccounted) unaccounted "
                + "records; another round of \(CreatorJob.recordsPerRound) could pass max_records "
                + "\(job.maximumRecords)")
    }

    /// The outcome of a row whose next round must not start.
    var maximumReached: Outcome { maximumReached(progress, 0) }
}

extension UndeletableRecord {
    init(_ failed: FailedRecord) {
        self.init(id: failed.id, code: failed.code, message: failed.message)
    }
}

/// Why an item of rounds or pages fails although the service refused nothing: relsweep's own codes,
/// besides the service's.
enum RelsweepErrorCode: String {
    /// Another round could exceed the row's `max_records`.
    case maximumRecords = "MAX_RECORDS_REACHED"
    /// More records cannot be deleted than a criteria expression can exclude.
    case tooManyUndeletable = "TOO_MANY_UNDELETABLE"
    /// A round or listing returned nothing new, but matching records remain.
    case nothingNew = "NOTHING_NEW_DELETED"
    /// A round found no matching record, but the previous one announced more.
    case recordsVanished = "RECORDS_VANISHED"
    /// A page is empty, but the previous one announced more.
    case pagesEndEarly = "PAGES_END_EARLY"
    /// A page announces more, but contains no new record.
    case pagesRepeat = "PAGES_REPEAT"
    /// More pages remain after the limit (`DeletedParent.maximumPages`).
    case tooManyPages = "TOO_MANY_PAGES"

    /// The outcome of an item that ends with this code.
    func failure(status: Int = 0, _ message: String) -> Outcome {
        Outcome(kind: .failed, status: status, code: rawValue, message: SafeText.sanitised(message))
    }
}
