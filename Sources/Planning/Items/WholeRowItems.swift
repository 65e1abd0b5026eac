import JobModel
import ManifestReading
import ZohoAPI

/// The rows that are one item each, in row order, with duplicates merged and contradictions found.
///
/// Such rows are few (one per report or deleted record), so they are stored as they are.
struct WholeRowItems {
    private(set) var creatorJobs: [CreatorJob] = []
    private(set) var deletedParents: [DeletedParent] = []
    /// Each as (duplicate row << 32 | row that carries the item).
    private(set) var duplicates: [UInt64] = []
    private(set) var contradictions: [RowContradiction] = []
    /// Valid rows, duplicates and contradicting ones included.
    private(set) var creatorRowCount = 0
    private(set) var deletedRowCount = 0
    /// Indices of the items by what they are about; never iterated.
    private var creatorIndex: [String: Int] = [:]
    private var deletedIndex: [String: Int] = [:]

    /// Two rows with the same criteria on the same data of a report are one job. If they differ
    /// otherwise, they contradict each other.
    mutating func add(_ job: CreatorJob) {
        creatorRowCount += 1
        // NUL is a safe separator: no cell contains it.
        let key = "\(job.reportKey)\0\(job.criteria)"
        guard let index = creatorIndex[key] else {
            creatorIndex[key] = creatorJobs.count
            creatorJobs.append(job)
            return
        }
        let earlier = creatorJobs[index]
        let difference: KnownColumn? =
            earlier.skipsWorkflow != job.skipsWorkflow
            ? .skipWorkflow
            : earlier.demoUser != job.demoUser
                ? .demoUser
                : earlier.maximumRecords != job.maximumRecords ? .maximumRecords : nil
        join(job.row, earlier.row, difference, "\"\(job.owner)/\(job.app)/\(job.report)\"")
    }

    /// Two rows about the same list of a deleted record are one item; different fields would list
    /// its children twice.
    mutating func add(_ parent: DeletedParent) {
        deletedRowCount += 1
        let names = [parent.module, parent.relatedList].map {
            SupportedRelations.currentName($0.text)
        }
        let key = "\(names[0])/\(parent.id)/\(names[1])"
        guard let index = deletedIndex[key] else {
            deletedIndex[key] = deletedParents.count
            deletedParents.append(parent)
            return
        }
        let earlier = deletedParents[index]
        let isSame =
            earlier.fields == parent.fields
            || FieldListRule.canonical(earlier.fields) == FieldListRule.canonical(parent.fields)
        join(
            parent.row, earlier.row, isSame ? nil : .fields,
            "\"\(parent.module)/\(parent.id)/\(parent.relatedList)\"")
    }

    private mutating func join(
        _ row: UInt32, _ carrier: UInt32, _ difference: KnownColumn?, _ name: String
    ) {
        if let difference {
            contradictions.append(
                RowContradiction(
                    row: carrier, laterRow: row,
                    subject: .wholeRow(name: name, difference: difference)))
        } else {
            duplicates.append(UInt64(row) << 32 | UInt64(carrier))
        }
    }
}

/// Two contradicting rows, the earlier one first.
struct RowContradiction {
    enum Subject {
        case relation(ContradictionRule.RequestedChange, later: ContradictionRule.RequestedChange)
        case wholeRow(name: String, difference: KnownColumn)
    }

    var row: UInt32
    var laterRow: UInt32
    var subject: Subject

    func finding(earlierLine: Int) -> Finding {
        switch subject {
        case .relation(let earlier, let later):
            ContradictionRule.finding(wanted: later, earlier: earlier, earlierLine: earlierLine)
        case .wholeRow(let name, let difference):
            ContradictionRule.finding(
                name: name, difference: difference, earlierLine: earlierLine)
        }
    }
}
