internal import JSONText
internal import JobModel
internal import Journaling
internal import Simulator

/// A simulated world built from a manifest's items, with the expected effects of running it.
///
/// Bystanders are relations, attachments and records that the manifest does not name and that must
/// stay. Items done by an earlier session stay done.
struct SimulatedRecords {
    private(set) var world = World(.exact)
    private(set) var expected = Expected()
    /// Items in lists that the simulated service does not support.
    private(set) var unknown = 0

    /// The expected effects of a run.
    struct Expected: Equatable, Sendable {
        var removals = 0
        var updates = 0
        var attachments = 0
        var creatorRecords = 0
        var children = 0
        /// Attachments and Creator records that must stay; for relations see the ledger.
        var bystandersBesideRelations = 0
    }

    /// - Parameter rounds: Creator records deleted by earlier sessions; they stay deleted.
    init(of items: WorkItems, outcomeOfRow: [UInt8] = [], rounds: [RoundProgress] = []) {
        world.reserveRelations(
            items.itemCount + items.groups.reduce(0) { $0 + 2 * $1.parents.count })
        for group in items.groups {
            for parent in group.parents.indices {
                let range = Int(group.starts[parent])..<Int(group.starts[parent + 1])
                do throws(WorldError) {
                    try add(group, at: parent, outcomeOfRow)
                } catch {
                    unknown += range.count
                }
            }
        }
        for (index, parent) in items.deletedParents.enumerated() {
            do throws(WorldError) {
                try add(parent, index: index)
            } catch {
                unknown += 1
            }
        }
        for (index, job) in items.creatorJobs.enumerated()
        where !SimulatedRecords.isDone(job.row, outcomeOfRow) {
            do throws(WorldError) {
                try add(job, index: index, rounds.first { $0.row == job.row }?.deleted ?? [])
            } catch {
                unknown += 1
            }
        }
    }

    private mutating func add(
        _ group: ItemGroup, at parent: Int, _ outcomeOfRow: [UInt8]
    ) throws(WorldError) {
        let isOfAttachments = group.kind.operation == .deleteAttachment
        if isOfAttachments {
            try addAttachmentBystander(group, at: parent)
        } else {
            try addBystanders(of: group, at: parent)
        }
        let id = group.parents[parent]
        let (module, list) = (group.kind.module.text, group.kind.relatedList.text)
        for item in Int(group.starts[parent])..<Int(group.starts[parent + 1]) {
            let related = group.related[item]
            let isDone = SimulatedRecords.isDone(group.rows[item], outcomeOfRow)
            switch group.kind.operation {
            case .deleteAttachment where isDone: try world.addRecord(module: module, id: id)
            case .deleteAttachment:
                try world.addAttachment(module: module, id: id, attachmentID: related)
                expected.attachments += 1
            case .update:
                try world.addRelation(module: module, id: id, list: list, relatedID: related)
                if !isDone { expected.updates += 1 }
            case .delink where isDone:
                try world.addRecord(module: module, id: id)
                try world.addRecord(module: list, id: related)
            case .delink:
                try world.addRelation(module: module, id: id, list: list, relatedID: related)
                expected.removals += 1
            case .deleteCreatorRecords, .discoverDeleted:
                preconditionFailure("\(group.kind) has related ids")
            }
        }
    }

    /// Every parent gets a relation to a record of its own and one to a record of the next parent,
    /// unless the manifest names it.
    private mutating func addBystanders(
        of group: ItemGroup, at index: Int
    ) throws(WorldError) {
        let (module, list) = (group.kind.module.text, group.kind.relatedList.text)
        let parent = group.parents[index]
        let own = Int(group.starts[index])..<Int(group.starts[index + 1])
        guard let last = own.last else { return }
        // Related ids ascend within a parent, so the next number is not an item of it.
        if group.related[last] < .max {
            try world.addRelation(
                module: module, id: parent, list: list, relatedID: group.related[last] + 1,
                bystander: true)
        }
        let next = (index + 1) % group.parents.count
        let neighbour = group.related[Int(group.starts[next])]
        if !group.related[own].contains(neighbour) {
            try world.addRelation(
                module: module, id: parent, list: list, relatedID: neighbour, bystander: true)
        }
    }

    private mutating func addAttachmentBystander(
        _ group: ItemGroup, at index: Int
    ) throws(WorldError) {
        let last = group.related[Int(group.starts[index + 1]) - 1]
        guard last < .max else { return }
        try world.addAttachment(
            module: group.kind.module.text, id: group.parents[index], attachmentID: last + 1,
            bystander: true)
        expected.bystandersBesideRelations += 1
    }

    /// The first parent gets two pages of children, the others a few.
    private mutating func add(_ parent: DeletedParent, index: Int) throws(WorldError) {
        let count = index == 0 ? DeletedParent.recordsPerPage + 30 : 3 + index % 5
        let first = SimulatedRecords.firstMadeID + UInt64(index) * 1_000
        let children = (0..<count).map { first + UInt64($0) }
        try world.addDeletedParent(
            module: parent.module.text, id: parent.id, list: parent.relatedList.text,
            children: children)
        expected.children += count
    }

    /// Matching records for two rounds (if `max_records` allows), and others.
    private mutating func add(
        _ job: CreatorJob, index: Int, _ deleted: Set<UInt64>
    ) throws(WorldError) {
        guard let environment = Simulator.SimulatedEnvironment(rawValue: job.environment.rawValue)
        else { preconditionFailure("the simulator has no environment \(job.environment.rawValue)") }
        let sample = CriteriaSample(job.criteria)
        let perRound = CreatorJob.recordsPerRound
        let room = job.maximumRecords - perRound
        let count = min(perRound + 50, max(1, room + 1))
        var records: [CreatorRecord] = []
        let first = SimulatedRecords.firstMadeID + 500_000_000 + UInt64(index) * 1_000
        for number in 0..<count where !deleted.contains(first + UInt64(number)) {
            records.append(CreatorRecord(id: first + UInt64(number), sample.matching))
        }
        let left = records.count
        for number in count..<(count + 10) {
            records.append(
                CreatorRecord(id: first + UInt64(number), sample.other, isBystander: true))
        }
        try world.addReport(
            CreatorReportName(
                environment, owner: job.owner, application: job.app, report: job.report),
            records: records)
        expected.creatorRecords += left
        expected.bystandersBesideRelations += 10
    }

    /// Ids of generated records; 19 digits, like real ones.
    private static let firstMadeID: UInt64 = 3_652_397_900_000_000_001

    private static func isDone(_ row: UInt32, _ outcomeOfRow: [UInt8]) -> Bool {
        guard Int(row) < outcomeOfRow.count, outcomeOfRow[Int(row)] > 0 else { return false }
        switch OutcomeKind(rawValue: outcomeOfRow[Int(row)] - 1) {
        case .removed, .deleted, .absent, .updated, .listed: return true
        case .failed, .blocked, .unknown, nil: return false
        }
    }
}
