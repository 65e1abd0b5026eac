import JobModel
import Journaling
import ZohoAPI

/// What a call asks the service for.
enum CallContent: Sendable {
    /// With the rows of the related ids.
    case relations(RelationContent, rows: [UInt32])
    case round(RoundContent)
    case listing(ListingContent)
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
        case .relations(let content, _): AnswerMeaning(AnswerReading.classify(answer, for: content))
        case .round(let content):
            AnswerMeaning(AnswerReading.classify(answer, for: content), status: answer.status)
        case .listing(let content): AnswerMeaning(AnswerReading.classify(answer, for: content))
        case .page(let content): AnswerMeaning(AnswerReading.classify(answer, for: content))
        case .record(let content): AnswerMeaning(AnswerReading.classify(answer, for: content))
        }
    }
}

/// What came back, whatever was asked for: the same troubles for all, and what each call hopes for.
enum AnswerMeaning: Sendable {
    case items([ItemResult])
    case round(RoundResult)
    case listed([UInt64])
    case page(PageResult)
    case record(ReadBackResult)
    case throttled(ServiceMessage, retryAfter: Duration?)
    case unauthorised(ServiceMessage)
    case outOfCalls(ServiceMessage)
    case unclear(ServiceMessage)
    case refused(ServiceMessage, RefusalScope)

    init(_ classification: Judgement) {
        switch classification {
        case .items(let results): self = .items(results)
        case .throttled(let message, let pause): self = .throttled(message, retryAfter: pause)
        case .unauthorised(let message): self = .unauthorised(message)
        case .outOfCalls(let message): self = .outOfCalls(message)
        case .unclear(let message): self = .unclear(message)
        case .refused(let message, let refusal): self = .refused(message, refusal)
        }
    }

    init(_ classification: RoundJudgement, status: Int) {
        switch classification {
        case .round(let result): self = .round(result)
        case .nothingMatched:
            self = .round(
                RoundResult(moreRecords: false, nothingMatched: true, status: status))
        case .throttled(let message, let pause): self = .throttled(message, retryAfter: pause)
        case .unauthorised(let message): self = .unauthorised(message)
        case .outOfCalls(let message): self = .outOfCalls(message)
        case .unclear(let message): self = .unclear(message)
        case .refused(let message, let refusal): self = .refused(message, refusal)
        }
    }

    init(_ classification: ListingJudgement) {
        switch classification {
        case .listed(let ids): self = .listed(ids)
        case .nothingMatched: self = .listed([])
        case .throttled(let message, let pause): self = .throttled(message, retryAfter: pause)
        case .unauthorised(let message): self = .unauthorised(message)
        case .outOfCalls(let message): self = .outOfCalls(message)
        case .unclear(let message): self = .unclear(message)
        case .refused(let message, let refusal): self = .refused(message, refusal)
        }
    }

    init(_ classification: PageJudgement) {
        switch classification {
        case .page(let result): self = .page(result)
        case .throttled(let message, let pause): self = .throttled(message, retryAfter: pause)
        case .unauthorised(let message): self = .unauthorised(message)
        case .outOfCalls(let message): self = .outOfCalls(message)
        case .unclear(let message): self = .unclear(message)
        case .refused(let message, let refusal): self = .refused(message, refusal)
        }
    }

    init(_ classification: RecordJudgement) {
        switch classification {
        case .record(let finding): self = .record(finding)
        case .throttled(let message, let pause): self = .throttled(message, retryAfter: pause)
        case .unauthorised(let message): self = .unauthorised(message)
        case .outOfCalls(let message): self = .outOfCalls(message)
        case .unclear(let message): self = .unclear(message)
        }
    }
}
