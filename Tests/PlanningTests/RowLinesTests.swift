import JobModel
import ManifestReading
import Planning
import Testing

struct RowLinesTests {
    static func lines(_ lines: [UInt32], blockSize: Int) -> RowLines {
        var result = RowLines()
        for start in stride(from: 0, to: lines.count, by: blockSize) {
            var block = RowBlock(columnCount: 1, firstRow: UInt32(start + 1))
            block.rowLines = Array(lines[start..<min(start + blockSize, lines.count)])
            result.note(block)
        }
        return result
    }

    @Test(
        arguments: [
            [2], [2, 3, 4, 5, 6], [2, 3, 7, 8, 9, 20, 21], [1, 1, 1, 1],
            [3, 10, 17, 24, 25, 26, 33],
            [2, 3, 3, 3, 4, 9, 9, 10, 11],
        ] as [[UInt32]])
    func `the line of every row is known, wherever blocks end`(lines: [UInt32]) {
        for blockSize in 1...lines.count {
            let index = Self.lines(lines, blockSize: blockSize)
            #expect(
                (1...UInt32(lines.count)).map { index.line(ofRow: $0) } == lines.map { Int($0) })
            #expect(index.line(ofRow: 0) == nil)
            #expect(index.line(ofRow: UInt32(lines.count + 1)) == nil)
        }
    }

    @Test func `rows that the reader left out leave a gap`() {
        var index = RowLines()
        var block = RowBlock(columnCount: 1, firstRow: 1)
        block.rowLines = [2, 3]
        index.note(block)
        block.firstRow = 5
        block.rowLines = [9, 10]
        index.note(block)
        #expect([1, 2, 5, 6].map { index.line(ofRow: $0) } == [2, 3, 9, 10])
    }

    @Test func `rows before the first that was noted have no line`() {
        var index = RowLines()
        var block = RowBlock(columnCount: 1, firstRow: 3)
        block.rowLines = [7, 8]
        index.note(block)
        #expect([1, 2, 3, 4].map { index.line(ofRow: $0) } == [nil, nil, 7, 8])
    }

    @Test func `a contradiction names the line of an earlier row behind quoted line breaks`() {
        let result = ManifestText(
            header: ManifestText.header + ",note",
            [
                "delink,Campaigns,1,Leads,9,\"a\nb\nc\"", "delink,Campaigns,1,Leads,2,x",
                "delink,Campaigns,1,Leads,3,\"a\nb\"", "update,Campaigns,1,Leads,2,y",
            ]
        ).plan()
        #expect(result.diagnostics.kept.map(\.position?.line) == [8])
        #expect(result.diagnostics.kept.first?.message.contains("at line 5;") == true)
    }
}
