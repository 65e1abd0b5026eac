import JobModel
import Planning
import Testing

struct RowSetTests {
    @Test(arguments: [0, 1, 62, 63, 64, 65, 127, 128, 1_000])
    func `a full set has every row, and no other`(count: Int) {
        let set = RowSet(allOf: count)
        #expect(set.count == count)
        #expect(set.rows == (0..<UInt32(count)).map { $0 + 1 })
        #expect(!set.contains(0))
        #expect(!set.contains(UInt32(count + 1)))
        #expect(RowSet(rowCount: count).rows == [])
    }

    @Test func `rows go in and out`() {
        var set = RowSet(rowCount: 200)
        let answers = [64, 64, 200].map { (row: UInt32) in set.insert(row) }
        #expect(answers == [true, false, true])
        #expect(set.rows == [64, 200])
        set.remove(64)
        set.remove(9_999)
        #expect(set.rows == [200])
    }

    @Test func `filtered items are the open ones, in their order`() {
        let items = ManifestText(
            """
            delink Campaigns 1 Leads 2
            delink Campaigns 1 Leads 3
            delink Campaigns 2 Leads 4
            delink Products 1 Leads 4
            delink Campaigns 3 Leads 5
            delink Campaigns 3 Leads 5
            """
        ).plan().items
        var open = RowSet(allOf: items.rowCount)
        #expect(items.filtered(keeping: open) == items)
        for row in [1, 3, 4] as [UInt32] { open.remove(row) }
        let rest = items.filtered(keeping: open)
        #expect(
            rest.described == ["delink Campaigns/1/Leads/3 @2", "delink Campaigns/3/Leads/5 @5"])
        #expect(rest.duplicateRows == [6])
        #expect(rest.groups.map(\.parents) == [[1, 3]])
        #expect(items.filtered(keeping: RowSet(rowCount: items.rowCount)).groups == [])
    }
}
