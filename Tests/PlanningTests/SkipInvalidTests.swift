import JobModel
import ManifestReading
import Planning
import Testing

struct SkipInvalidTests {
    static func plan(bad: Int, of total: Int, badLine: String = "delink,Campaigns,1,Leads,x")
        -> PlanningResult
    {
        var settings = PlanningSettings()
        settings.skipsInvalid = true
        let good = (0..<(total - bad)).map { "delink,Campaigns,1,Leads,\($0 + 1)" }
        return ManifestText(good + Array(repeating: badLine, count: bad)).plan(settings)
    }

    @Test func `five percent of rows may be left out, and no more`() {
        for (bad, total, stops) in [
            (4, 100, false), (5, 100, false), (6, 100, true), (1, 20, false), (1, 19, true),
            (0, 1, false), (50, 1_000, false), (51, 1_000, true),
        ] {
            let result = Self.plan(bad: bad, of: total)
            #expect(result.stopsRun == stops, "\(bad) of \(total)")
            #expect(result.items.skippedRows.count == bad)
            #expect(result.items.itemCount == total - bad)
        }
        #expect(
            Self.plan(bad: 6, of: 100).diagnostics.kept.last?.message
                == "6 of 100 rows are invalid; --skip-invalid leaves out at most 5 percent of "
                + "them, so correct the manifest")
    }

    @Test func `both rows of a contradiction are left out, and whatever says the same`() {
        var settings = PlanningSettings()
        settings.skipsInvalid = true
        let good = (10..<200).map { "delink,Campaigns,1,Leads,\($0)" }
        let result = ManifestText(
            good + [
                "delink,Campaigns,1,Leads,2", "delink,Leads,2,Campaigns,1",
                "update,Campaigns,1,Leads,2", "delink,Campaigns,1,Leads,2",
            ]
        ).plan(settings)
        #expect(!result.stopsRun)
        #expect(result.items.skippedRows == [191, 192, 193, 194])
        #expect(result.items.itemCount == 190)
        #expect(result.items.duplicateRows == [])
    }

    @Test func `without the option, nothing is skipped`() {
        let result = ManifestText(["delink,Campaigns,1,Leads,x"]).plan()
        #expect(result.stopsRun)
        #expect(result.diagnostics.unskippableCount == 0)
        #expect(result.invalidRowCount == 1)
    }

    @Test func `diagnostics are capped, and all are counted`() {
        let result = ManifestText(Array(repeating: "delink,Campaigns,x,Leads,y", count: 200)).plan()
        #expect(result.diagnostics.errorCount == 400)
        #expect(result.diagnostics.kept.count == DiagnosticList.maximumKept)
        #expect(result.items.skippedRows.count == 200)
    }
}
