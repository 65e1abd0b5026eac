import JobModel
import ZohoAPI

extension RunEngine {
    mutating func pageAnswered(_ call: CallState, _ result: PageResult, at now: Moment) {
        guard let lane = call.laneCall?.lane, case .pages(var work) = laneWork[lane] else {
            preconditionFailure("broken belief: a page is of a parent at work")
        }
        let (page, outcome) = work.answered(result)
        laneWork[lane] = .pages(work)
        finishStep(
            call, ServiceMessage(status: result.status), page.map(LaneEffect.page), outcome, at: now
        )
    }
}
