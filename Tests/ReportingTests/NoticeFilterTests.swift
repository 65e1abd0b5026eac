import Execution
import JobModel
import Journaling
import Reporting
import Testing
import ZohoAPI

@Suite struct NoticeFilterTests {
    private let message = ServiceMessage(status: 429, code: "TOO_MANY_REQUESTS", text: "")

    @Test func `what repeats is said once a minute and counted`() {
        var filter = NoticeFilter()
        let pause = RunNotice.servicePaused(.crm, seconds: 1, message)
        let shown1 = filter.shows(pause, at: .zero)
        #expect(shown1)
        let shown2 = filter.shows(pause, at: .zero + .seconds(59))
        #expect(!shown2)
        let shown3 = filter.shows(pause, at: .zero + .seconds(60))
        #expect(shown3)
        #expect(filter.text == "3 pauses asked for")
    }

    @Test func `splits are counted only, and nothing else is held back`() throws {
        var filter = NoticeFilter()
        let shown4 = filter.shows(.callSplit(1, items: 100, message), at: .zero)
        #expect(!shown4)
        #expect(filter.text == "1 call refused as a whole and split in halves")
        let kind = RelationKind(
            operation: .delink, module: try #require(APIName("Campaigns")),
            relatedList: try #require(APIName("Leads")))
        for _ in 0..<2 {
            let shown5 = filter.shows(.kindStopped(kind, message, blocked: 5), at: .zero)
            #expect(shown5)
            let shown6 = filter.shows(.draining(.until, inFlight: 2), at: .zero)
            #expect(shown6)
        }
        // The signal's own words were printed when it came.
        let shown7 = filter.shows(.draining(.signal, inFlight: 2), at: .zero)
        #expect(!shown7)
    }
}
