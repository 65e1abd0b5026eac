import JobModel
import ManifestReading
import Planning
import Testing
import ZohoAPI

@Suite(.timeLimit(.minutes(20))) struct PlannerTests {
    @Test func `rows become items by kind, parent and related id`() {
        let result = ManifestText(
            """
            delink Leads 9 Campaigns 1
            delink Campaigns 12 Leads 31
            delink Campaigns 11 Leads 22
            delink Campaigns 12 Leads 21
            update Campaigns 12 Leads 5
            """
        ).plan()
        #expect(result.diagnostics == DiagnosticList())
        #expect(!result.stopsRun)
        #expect(
            result.items.described == [
                "delink Campaigns/11/Leads/22 @3",
                "delink Campaigns/12/Leads/21 @4",
                "delink Campaigns/12/Leads/31 @2",
                "delink Leads/9/Campaigns/1 @1",
                "update Campaigns/12/Leads/5 @5",
            ])
        #expect(result.items.rowCount == 5)
        #expect(result.kinds.map(\.rows) == [3, 1, 1])
        #expect(result.kinds.map(\.parents) == [2, 1, 1])
    }

    @Test
    func `exact duplicates are merged into the first row, from whichever end they are written`() {
        let result = ManifestText(
            """
            delink Campaigns 1 Leads 2
            delink Campaigns 1 Leads 3
            delink Campaigns 1 Leads 2
            delink Leads 2 Campaigns 1
            delink Leads 4 Campaigns 1
            delink Campaigns 1 Leads 4
            delink Campaigns 1 Leads 4
            """
        ).plan()
        #expect(!result.stopsRun)
        #expect(
            result.items.described == [
                "delink Campaigns/1/Leads/2 @1",
                "delink Campaigns/1/Leads/3 @2",
                "delink Leads/4/Campaigns/1 @5",
            ])
        #expect(result.items.duplicateRows == [3, 4, 6, 7])
        #expect(result.items.duplicateOf == [1, 1, 5, 5])
        #expect(result.kinds.map(\.duplicates) == [3, 1])
    }

    @Test func `Potentials are Deals`() {
        let result = ManifestText(
            """
            delink Products 1 Potentials 2
            delink Products 1 Deals 2
            delink Deals 2 Products 1
            delink Potentials 2 Products 1
            """
        ).plan()
        #expect(result.items.described == ["delink Products/1/Potentials/2 @1"])
        #expect(result.items.duplicateRows == [2, 3, 4])
        #expect(result.items.duplicateOf == [1, 1, 1])
    }

    @Test
    func `a delink and an update of one relation contradict each other, and both lines are named`()
    {
        let text = ManifestText(
            """
            delink Campaigns 1 Leads 2
            delink Campaigns 1 Leads 3
            update Leads 2 Campaigns 1
            """
        )
        let result = text.plan()
        #expect(result.stopsRun)
        #expect(
            result.messages == [
                "4:1: the update of Leads/2/Campaigns/1 contradicts the delink of "
                    + "Campaigns/1/Leads/2 at line 2; what needs an order is two manifests; keep "
                    + "one of the rows"
            ])
        #expect(result.items.described == ["delink Campaigns/1/Leads/3 @2"])
        #expect(result.items.skippedRows == [1, 3])
    }

    @Test func `settings supply an absent column`() {
        var settings = PlanningSettings()
        settings.defaults = [
            .init(.operation, "delink"), .init(.module, "Campaigns"),
            .init(.relatedList, "Leads"),
        ]
        let result = ManifestText(header: "record_id,related_id", "1 2\n1 3").plan(settings)
        #expect(
            result.items.described == [
                "delink Campaigns/1/Leads/2 @1", "delink Campaigns/1/Leads/3 @2",
            ])
    }

    @Test func `a JSON manifest's defaults supply absent keys, and flags win over them`() {
        var settings = PlanningSettings()
        settings.defaults = [.init(.module, "Campaigns")]
        let text = """
            {"defaults": {"operation": "delink", "module": "Products", "record_id": "1",
                          "related_list": "Leads"},
             "items": [{"related_id": "2"}, {"related_id": 3652397000000327001},
                       {"related_id": "4", "module": "Products", "record_id": 9}]}
            """
        let result = ManifestText(.json, text).plan(settings)
        #expect(result.messages == [])
        #expect(
            result.items.described == [
                "delink Campaigns/1/Leads/2 @1",
                "delink Campaigns/1/Leads/3652397000000327001 @2",
                "delink Products/9/Leads/4 @3",
            ])
    }

    @Test func `JSON Lines are planned as CSV is`() {
        func line(_ module: String, _ id: String, _ list: String, _ related: String) -> String {
            #"{"operation":"delink","module":"\#(module)","record_id":\#(id),"#
                + #""related_list":"\#(list)","related_id":\#(related)}"# + "\n"
        }
        let result = ManifestText(
            .jsonLines,
            line("Campaigns", "1", "Leads", "2") + line("Leads", "2", "Campaigns", #""1""#)
                + line("Campaigns", "1e3", "Leads", "2")
        ).plan()
        #expect(result.items.described == ["delink Campaigns/1/Leads/2 @1"])
        #expect(result.items.duplicateRows == [2])
        #expect(result.diagnostics.kept.map(\.position) == [SourcePosition(line: 3, column: 56)])
    }

    @Test func `a default never fills an empty cell`() {
        var settings = PlanningSettings()
        settings.defaults = [.init(.module, "Campaigns")]
        let result = ManifestText(["delink,,1,Leads,2"]).plan(settings)
        #expect(
            result.messages == [
                "2:8: column \"module\" is empty; name the API name, like \"Campaigns\""
            ])
    }
}
