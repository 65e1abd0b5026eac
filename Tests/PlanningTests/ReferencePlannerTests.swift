import JobModel
import ManifestReading
import Planning
import Testing
import ZohoAPI

/// Compares the planner with a simple reference: a dictionary of relations.
@Suite(.timeLimit(.minutes(20))) struct ReferencePlannerTests {
    struct Row {
        var operation: String
        var module: String
        var parent: Int
        var list: String
        var related: Int
        var status: String

        var text: String { "\(operation),\(module),\(parent),\(list),\(related),\(status)" }

        /// Both ends in one order.
        var relation: String {
            let ends = [(module, parent), (list, related)].map {
                "\($0.0 == "Potentials" ? "Deals" : $0.0)/\($0.1)"
            }
            return ends.sorted().joined(separator: "-")
        }

        var change: String { operation == "update" ? "update \(status)" : operation }
    }

    /// SplitMix64: the same sequence everywhere.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    static let pairs = [
        ("Campaigns", "Leads"), ("Campaigns", "Contacts"), ("Products", "Deals"),
        ("Products", "Potentials"), ("Products", "Leads"),
    ]

    /// - Parameter changes: 1 = delinks only; more make updates with as many different values.
    static func rows(
        _ count: Int, ids: Int, changes: Int, generator: inout Generator
    ) -> [Row] {
        (0..<count).map { _ in
            let pair = pairs[Int.random(in: 0..<pairs.count, using: &generator)]
            let isTurned = Bool.random(using: &generator)
            let ends = (
                Int.random(in: 1...ids, using: &generator),
                Int.random(in: 1...ids, using: &generator)
            )
            let change = Int.random(in: 0..<changes, using: &generator)
            return Row(
                operation: change == 0 ? "delink" : "update",
                module: isTurned ? pair.1 : pair.0, parent: isTurned ? ends.1 : ends.0,
                list: isTurned ? pair.0 : pair.1, related: isTurned ? ends.0 : ends.1,
                status: change == 0 ? "" : "S\(change)")
        }
    }

    static func plan(_ rows: [Row], pieceByteCount: Int = 1 << 20) -> PlanningResult {
        ManifestText(
            header: ManifestText.header + ",field:Member_Status", rows.map(\.text)
        ).plan(pieceByteCount: pieceByteCount)
    }

    static func check(_ rows: [Row], _ result: PlanningResult, seed: UInt64) {
        var byRelation: [String: [Int]] = [:]
        for (index, row) in rows.enumerated() {
            byRelation[row.relation, default: []].append(index)
        }
        var items: Set<String> = []
        var duplicates: [UInt32: UInt32] = [:]
        var skipped: [UInt32] = []
        for indices in byRelation.values {
            if Set(indices.map { rows[$0].change }).count > 1 {
                skipped += indices.map { UInt32($0 + 1) }
                continue
            }
            let first = rows[indices[0]]
            items.insert(
                "\(first.operation) \(first.module)/\(first.parent)/\(first.list)/\(first.related) "
                    + "@\(indices[0] + 1)")
            for index in indices.dropFirst() {
                duplicates[UInt32(index + 1)] = UInt32(indices[0] + 1)
            }
        }
        #expect(Set(result.items.described) == items, "seed \(seed)")
        #expect(result.items.described.count == items.count, "seed \(seed)")
        #expect(result.items.duplicateRows == duplicates.keys.sorted(), "seed \(seed)")
        #expect(
            result.items.duplicateOf == duplicates.sorted { $0.key < $1.key }.map(\.value),
            "seed \(seed)")
        #expect(result.items.skippedRows == skipped.sorted(), "seed \(seed)")
        #expect(result.stopsRun == !skipped.isEmpty, "seed \(seed)")
        #expect(
            result.items.itemCount + result.items.duplicateRows.count
                + result.items.skippedRows.count == result.items.rowCount, "seed \(seed)")
    }

    @Test func `the planner finds what a dictionary finds`() {
        for seed in 0..<300 as Range<UInt64> {
            var generator = Generator(state: seed)
            let changes = seed.isMultiple(of: 3) ? 1 : Int.random(in: 1...3, using: &generator)
            let ids = [2, 5, 20, 1_000][Int(seed % 4)]
            let rows = Self.rows(
                Int.random(in: 1...150, using: &generator), ids: ids, changes: changes,
                generator: &generator)
            Self.check(rows, Self.plan(rows), seed: seed)
        }
    }

    @Test func `many rows at one parent are sorted and merged as few are`() {
        // Above and below the sizes at which the sort changes.
        for count in [23, 24, 25, 48, 49, 97, 2_047, 2_048, 2_049, 5_000, 70_000] {
            var generator = Generator(state: UInt64(count))
            let rows = (0..<count).map { _ in
                Row(
                    operation: "delink", module: "Campaigns", parent: 1, list: "Leads",
                    related: Int.random(in: 1...(count * 4), using: &generator), status: "")
            }
            Self.check(rows, Self.plan(rows), seed: UInt64(count))
        }
    }

    @Test func `items do not depend on the order of rows, nor on where blocks end`() {
        for seed in 0..<20 as Range<UInt64> {
            var generator = Generator(state: seed)
            var rows = Self.rows(200, ids: 1_000_000, changes: 1, generator: &generator)
            let first = Self.plan(rows)
            #expect(Self.plan(rows, pieceByteCount: 64).items == first.items)
            rows.shuffle(using: &generator)
            let shuffled = Self.plan(rows, pieceByteCount: 501)
            #expect(shuffled.items.groups.map(\.kind) == first.items.groups.map(\.kind))
            #expect(shuffled.items.groups.map(\.parents) == first.items.groups.map(\.parents))
            #expect(shuffled.items.groups.map(\.starts) == first.items.groups.map(\.starts))
            #expect(shuffled.items.groups.map(\.related) == first.items.groups.map(\.related))
        }
    }
}
