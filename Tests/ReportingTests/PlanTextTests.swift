import Chunking
import JobModel
import Reporting
import Running
import Testing
import ZohoAPI

private func name(_ text: String) throws -> APIName { try #require(APIName(text)) }

@Suite struct PlanTextTests {
    private func summary() throws -> PlanSummary {
        var summary = PlanSummary()
        summary.rows = 1_300
        summary.items = 1_250
        summary.duplicates = 50
        let turned = RelationKind(
            operation: .delink, module: try name("Campaigns"), relatedList: try name("Leads"))
        let plain = RelationKind(
            operation: .delink, module: try name("Products"), relatedList: try name("Deals"))
        var plan = CallPlan()
        plan.kinds = [PlannedKind(kind: turned, direction: .reversed), PlannedKind(kind: plain)]
        var estimate = PlanEstimate(of: plan, items: WorkItems(), profile: ServiceProfile())
        for (index, numbers) in [(3, 1_000, 12), (2, 250, 3)].enumerated() {
            (
                estimate.byKind[index].parents, estimate.byKind[index].items,
                estimate.byKind[index].calls
            ) = numbers
        }
        estimate.calls = 15
        estimate.callsAtMost = 15
        estimate.callsAsWritten = 1_012
        estimate.lowerBound = 14
        estimate.credits = 15...15
        summary.estimate = estimate
        return summary
    }

    @Test func `a plan reads well on 80 columns`() throws {
        var limits = RunLimits()
        limits.dailyCredits = 5_000
        let text = PlanText(try summary(), limits: limits)
        let expected = """
            plan for jobs/a.csv
              rows                      1,300
              items                     1,250
              duplicate rows               50
              calls                        15
              calls as written          1,012
              no plan needs fewer than     14

              kind of call                       records  items  calls
              delink Campaigns/Leads (reversed)        3  1,000     12
              delink Products/Deals                    2    250      3

              about 3 s at 5 calls in flight, if a call takes one second
              15 API credits, 0.3% of a day's 5,000
            """
        #expect(text.lines(path: "jobs/a.csv", width: 80).joined(separator: "\n") == expected)
    }

    @Test func `rows that came to nothing are faulty, whatever is wrong with them`() throws {
        var summary = try summary()
        summary.rows += 3
        summary.skipped = 1
        summary.errors = 4
        let lines = PlanText(summary, limits: RunLimits()).lines(path: "a.csv", width: 80)
        #expect(lines.contains("  faulty rows                   3"))
        #expect(lines.contains("  errors                        4"))
    }

    @Test func `a limit a minute that is slower than the concurrency decides the time`() throws {
        var limits = RunLimits()
        limits.callsPerMinute[.crm] = 5
        let text = PlanText(try summary(), limits: limits)
        #expect(
            text.timeText
                == "about 2 min 00 s at 5 calls a minute, if a call takes one second")
    }

    @Test func `the plan's object has the documented fields in their order`() throws {
        let text = PlanText(try summary(), limits: RunLimits())
        #expect(
            text.json
                == #"{"version":1,"rows":1300,"items":1250,"duplicates":50,"invalid":0,"#
                + #""calls":15,"callsAsWritten":1012,"lowerBound":14,"byKind":["#
                + #"{"operation":"delink","module":"Campaigns","relatedList":"Leads","#
                + #""end":"turned-round","records":3,"items":1000,"calls":12},"#
                + #"{"operation":"delink","module":"Products","relatedList":"Deals","#
                + #""end":"as-written","records":2,"items":250,"calls":3}],"#
                + #""callsAtMost":15,"credits":{"least":15,"most":15},"byReport":[]}"#)
    }
}
