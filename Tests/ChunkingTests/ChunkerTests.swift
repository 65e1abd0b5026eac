import Chunking
import JobModel
import Testing
import ZohoAPI

struct ChunkerTests {
    static func name(_ text: String) throws -> APIName { try #require(APIName(text)) }

    static func group(
        _ module: String, _ list: String, operation: Operation = .delink, isAdded: Bool = false,
        _ items: [(parent: UInt64, related: [UInt64])]
    ) throws -> ItemGroup {
        var starts: [UInt32] = [0]
        for (_, related) in items {
            starts.append(starts[starts.count - 1] + UInt32(related.count))
        }
        let related = items.flatMap(\.related)
        return ItemGroup(
            kind: RelationKind(
                operation: operation, module: try name(module), relatedList: try name(list)),
            isAddedByConfiguration: isAdded, parents: items.map(\.parent), starts: starts,
            related: related, rows: (0..<UInt32(related.count)).map { $0 + 1 })
    }

    static func items(_ groups: ItemGroup...) -> WorkItems {
        var items = WorkItems()
        items.groups = groups
        items.rowCount = items.itemCount
        return items
    }

    static func sizes(_ plan: CallPlan) -> [UInt32] {
        (0..<plan.callCount).map { plan.callStarts[$0 + 1] - plan.callStarts[$0] }
    }

    @Test(
        arguments: [
            (1, [1]), (99, [99]), (100, [100]), (101, [100, 1]), (200, [100, 100]),
            (201, [100, 100, 1]),
        ] as [(UInt64, [UInt32])])
    func `calls are full except each parent's last`(count: UInt64, sizes: [UInt32]) throws {
        let items = Self.items(
            try Self.group("Campaigns", "Leads", [(7, Array(1...count)), (8, [1])]))
        let plan = Chunker(profile: ServiceProfile()).calls(for: items)
        #expect(Self.sizes(plan) == sizes + [1])
        #expect(plan.callParents == Array(repeating: 7, count: sizes.count) + [8])
        #expect(plan.related == Array(1...count) + [1])
        #expect(plan.rows == items.groups[0].rows)
    }

    @Test func `kinds follow each other in the order of the items`() throws {
        let items = Self.items(
            try Self.group("Campaigns", "Leads", [(1, [5, 6])]),
            try Self.group("Leads", "Products", [(1, [5]), (2, [6])]))
        let plan = Chunker(profile: ServiceProfile()).calls(for: items)
        #expect(plan.kinds.map(\.kind) == items.groups.map(\.kind))
        #expect(plan.callKinds == [0, 1, 1])
        #expect(plan.callParents == [1, 1, 2])
        #expect(plan.callStarts == [0, 2, 3, 4])
        #expect(plan.related == [5, 6, 5, 6])
    }

    @Test func `a kind that the configuration added begins with one item`() throws {
        let items = Self.items(
            try Self.group("Services", "Staff", isAdded: true, [(1, [5, 6, 7]), (2, [8, 9])]))
        let plan = Chunker(profile: ServiceProfile()).calls(for: items)
        #expect(Self.sizes(plan) == [1, 2, 2])
        #expect(plan.kinds[0].isAddedByConfiguration)
    }

    @Test(arguments: [1, 4, 10, 19, 20], [300, 2_000, 2_200])
    func `a call's URL keeps to its bytes, and one more id would not fit`(
        digits: Int, maximum: Int
    ) throws {
        var profile = ServiceProfile()
        profile.maximumTargetByteCount = maximum
        let first = (1..<digits).reduce(UInt64(1)) { number, _ in number * 10 }
        // Lengths are mixed where a shorter one exists.
        let related = (digits > 1 ? [first - 2, first - 1] : []) + (0..<250).map { first + $0 }
        let items = Self.items(
            try Self.group("Campaigns", "Leads", [(UInt64.max, related)]))
        let plan = Chunker(profile: profile).calls(for: items)
        let kind = items.groups[0].kind
        for call in 0..<plan.callCount {
            let range = Int(plan.callStarts[call])..<Int(plan.callStarts[call + 1])
            let ids = Array(plan.related[range])
            #expect(ids.count <= 100)
            #expect(
                ServiceURL.byteCount(
                    kind: kind, parent: .max, ids: ids, profile: profile) <= maximum)
            if ids.count < 100, range.upperBound < plan.related.count {
                let more = ids + [plan.related[range.upperBound]]
                #expect(
                    ServiceURL.byteCount(
                        kind: kind, parent: .max, ids: more, profile: profile) > maximum)
            }
        }
    }

    @Test func `no items make no calls`() {
        let plan = Chunker(profile: ServiceProfile()).calls(for: WorkItems())
        #expect(plan == CallPlan())
    }

    @Test(arguments: [(false, [1, 1, 1, 1]), (true, [3, 1])] as [(Bool, [UInt32])])
    func `attachments go one by one, unless a setting says in bulk`(
        isBulk: Bool, sizes: [UInt32]
    ) throws {
        var profile = ServiceProfile()
        profile.sendsAttachmentsInBulk = isBulk
        let items = Self.items(
            try Self.group(
                "Leads", "Attachments", operation: .deleteAttachment, [(1, [5, 6, 7]), (2, [8])]))
        let plan = Chunker(profile: profile).calls(for: items)
        #expect(Self.sizes(plan) == sizes)
        #expect(plan.related == [5, 6, 7, 8])
    }

    @Test func `an update's ids are in the body, so no URL ends its calls early`() throws {
        var profile = ServiceProfile()
        profile.maximumTargetByteCount = 60
        let items = Self.items(
            try Self.group(
                "Campaigns", "Leads", operation: .update, [(1, Array(1...250)), (2, [1])]))
        let plan = Chunker(profile: profile).calls(for: items)
        #expect(Self.sizes(plan) == [100, 100, 50, 1])
        #expect(plan.rows == Array(1...251))
    }

    static func job(_ row: UInt32, report: String = "R", maximum: Int = 10_000) -> CreatorJob {
        CreatorJob(
            row: row, owner: "o", app: "a", report: report, criteria: "A==\(row)",
            environment: .stage, maximumRecords: maximum)
    }

    @Test func `Creator jobs and deleted parents are copied too`() throws {
        var items = Self.items(
            try Self.group("Campaigns", "Leads", [(1, [5, 6])]),
            try Self.group("Leads", "Products", [(1, [5])]))
        items.creatorJobs = [Self.job(4), Self.job(5)]
        items.deletedParents = [
            DeletedParent(
                row: 6, module: try Self.name("Leads"), id: 9,
                relatedList: try Self.name("Campaigns"), fields: "id")
        ]
        let plan = Chunker(profile: ServiceProfile()).calls(for: items)
        #expect(plan.creatorJobs == items.creatorJobs)
        #expect(plan.deletedParents == items.deletedParents)
        #expect(plan.callCount == 2)
        #expect(plan.itemCount == 6)
        #expect(items.itemCount == 6)
    }
}
