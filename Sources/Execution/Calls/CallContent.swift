import JobModel
import Journaling
import ZohoAPI

/// The content of a call: what is requested from the service.
enum CallContent: Sendable {
    /// `rows` are the rows of the related ids.
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

    func classification(of answer: HTTPAnswer) -> Classification<AnswerContent> {
        switch self {
        case .relations(let content, _):
            AnswerReading.classify(answer, for: content).map { .items($0) }
        case .round(let content): AnswerReading.classify(answer, for: content).map { .round($0) }
        case .listing(let content): AnswerReading.classify(answer, for: content).map { .listed($0) }
        case .page(let content): AnswerReading.classify(answer, for: content).map { .page($0) }
        case .record(let content): AnswerReading.classify(answer, for: content).map { .record($0) }
        }
    }
}

/// What came back, whatever was asked for.
enum AnswerContent: Sendable {
    case items([ItemResult])
    case round(RoundResult)
    case listed([UInt64])
    case page(PageResult)
    case record(ReadBackResult)
}
