import JobModel
import Journaling
import ZohoAPI

/// What a call asks the service for.
enum CallSubject: Sendable {
    /// With the rows of the related ids.
    case relations(CallContent, rows: [UInt32])
    case round(RoundContent)
    case listing(PinContent)
    case page(PageContent)
    case record(RecordContent)

    func request(_ profile: ServiceProfile) -> APIRequest {
        switch self {
        case .relations(let content, let rows):
            APIRequest(for: content, rows: rows, profile: profile)
        case .round(let content): APIRequest(for: content, profile: profile)
        case .listing(let content): APIRequest(for: content, profile: profile)
        case .page(let content): APIRequest(for: content, profile: profile)
        case .record(let content): APIRequest(for: content, profile: profile)
        }
    }

    func meaning(of answer: HTTPAnswer) -> AnswerMeaning {
        switch self {
        case .relations(let content, _): AnswerMeaning(AnswerReading.judge(answer, for: content))
        case .round(let content):
            AnswerMeaning(AnswerReading.judge(answer, for: content), status: answer.status)
        case .listing(let content): AnswerMeaning(AnswerReading.judge(answer, for: content))
        case .page(let content): AnswerMeaning(AnswerReading.judge(answer, for: content))
        case .record(let content): AnswerMeaning(AnswerReading.judge(answer, for: content))
        }
    }
}

/// What came back, whatever was asked for: the same troubles for all, and what each call hopes for.
enum AnswerMeaning: Sendable {
    case items([ItemVerdict])
    case round(RoundResult)
    case listed([UInt64])
    case page(PageResult)
    case record(RecordFinding)
    case throttled(Remark, retryAfter: Duration?)
    case unauthorised(Remark)
    case outOfCalls(Remark)
    case unclear(Remark)
    case refused(Remark, Refusal)

    init(_ judgement: Judgement) {
        switch judgement {
        case .items(let verdicts): self = .items(verdicts)
        case .throttled(let remark, let pause): self = .throttled(remark, retryAfter: pause)
        case .unauthorised(let remark): self = .unauthorised(remark)
        case .outOfCalls(let remark): self = .outOfCalls(remark)
        case .unclear(let remark): self = .unclear(remark)
        case .refused(let remark, let refusal): self = .refused(remark, refusal)
        }
    }

    init(_ judgement: RoundJudgement, status: Int) {
        switch judgement {
        case .round(let result): self = .round(result)
        case .nothingMatched:
            self = .round(
                RoundResult(moreRecords: false, nothingMatched: true, status: status))
        case .throttled(let remark, let pause): self = .throttled(remark, retryAfter: pause)
        case .unauthorised(let remark): self = .unauthorised(remark)
        case .outOfCalls(let remark): self = .outOfCalls(remark)
        case .unclear(let remark): self = .unclear(remark)
        case .refused(let remark, let refusal): self = .refused(remark, refusal)
        }
    }

    init(_ judgement: PinJudgement) {
        switch judgement {
        case .listed(let ids): self = .listed(ids)
        case .nothingMatched: self = .listed([])
        case .throttled(let remark, let pause): self = .throttled(remark, retryAfter: pause)
        case .unauthorised(let remark): self = .unauthorised(remark)
        case .outOfCalls(let remark): self = .outOfCalls(remark)
        case .unclear(let remark): self = .unclear(remark)
        case .refused(let remark, let refusal): self = .refused(remark, refusal)
        }
    }

    init(_ judgement: PageJudgement) {
        switch judgement {
        case .page(let result): self = .page(result)
        case .throttled(let remark, let pause): self = .throttled(remark, retryAfter: pause)
        case .unauthorised(let remark): self = .unauthorised(remark)
        case .outOfCalls(let remark): self = .outOfCalls(remark)
        case .unclear(let remark): self = .unclear(remark)
        case .refused(let remark, let refusal): self = .refused(remark, refusal)
        }
    }

    init(_ judgement: RecordJudgement) {
        switch judgement {
        case .record(let finding): self = .record(finding)
        case .throttled(let remark, let pause): self = .throttled(remark, retryAfter: pause)
        case .unauthorised(let remark): self = .unauthorised(remark)
        case .outOfCalls(let remark): self = .outOfCalls(remark)
        case .unclear(let remark): self = .unclear(remark)
        }
    }
}
