import JobModel
import ZohoAPI

/// Sample values for the tests of this target.
enum AnswerSamples {
    static let parent: UInt64 = 3_652_397_000_000_327_001
    static let first: UInt64 = 3_652_397_000_000_925_128
    static let second: UInt64 = 3_652_397_000_000_649_013

    static func kind(
        _ operation: Operation = .delink, module: String = "Campaigns", list: String = "Contacts"
    ) -> RelationKind {
        RelationKind(
            operation: operation, module: name(module), relatedList: name(list))
    }

    private static func name(_ text: String) -> APIName {
        guard let name = APIName(text) else { preconditionFailure("\(text) is no API name") }
        return name
    }

    static func call(
        _ related: [UInt64], operation: Operation = .delink, list: String = "Contacts"
    ) -> RelationContent {
        RelationContent(kind: kind(operation, list: list), parent: parent, related: related)
    }

    static var single: RelationContent { call([first]) }
    static var double: RelationContent { call([first, second]) }

    static func answer(_ status: Int, _ body: String) -> HTTPAnswer {
        HTTPAnswer(status: status, body: Array(body.utf8))
    }

    static func success(_ id: String, message: String = "relation removed") -> String {
        """
        {"code":"SUCCESS","details":{"id":\(id)},"message":"\(message)","status":"success"}
        """
    }

    static func refusal(_ id: String, code: String = "INVALID_DATA") -> String {
        """
        {"code":"\(code)","details":{"id":\(id)},"message":"relation not found","status":"error"}
        """
    }

    static func data(_ elements: [String]) -> String {
        "{\"data\":[\(elements.joined(separator: ","))]}"
    }

    static func whole(_ code: String, details: String = "{}", message: String = "no") -> String {
        """
        {"code":"\(code)","details":\(details),"message":"\(message)","status":"error"}
        """
    }
}

extension Classification<[ItemResult]> {
    /// A short form for tables: `removed,absent`, `refused parent`, `unclear`.
    var word: String {
        switch self {
        case .content(let verdicts): verdicts.map(\.word).joined(separator: ",")
        case .throttled(_, let pause):
            "throttled" + (pause.map { " \($0.components.seconds)" } ?? "")
        case .unauthorised: "unauthorised"
        case .unclear: "unclear"
        case .outOfCalls: "out of calls"
        case .refused(_, .parent): "refused parent"
        case .refused(_, .item(let kind)): "refused item \(kind.word)"
        case .refused(_, .unidentifiedItem): "refused some item"
        case .refused(_, .kindPermanently): "refused kind permanently"
        case .refused(_, .kindIfRepeated): "refused kind perhaps"
        case .refused(_, .call): "refused call"
        }
    }
}

extension ItemResult {
    var word: String {
        switch self {
        case .outcome(let outcome): outcome.kind.word
        case .recordDeleted: "record-deleted"
        case .unclear: "?"
        }
    }
}
