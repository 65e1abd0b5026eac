import JobModel

/// Matches the elements of an answer's `data` to the items of the call.
///
/// By id, whatever the order and count; else, for requests with a body, by `json_path`; by position
/// only if no element carries either, the counts agree, and the call is not a delink of several.
/// Items without an element, or with contradicting elements, stay unclear. Elements with foreign
/// ids are ignored.
struct ElementMatching {
    let content: RelationContent
    /// HTTP status of the answer.
    let status: Int

    /// One result per related id, in the call's order.
    func results(of elements: [AnswerElement]) -> [ItemResult] {
        let count = content.related.count
        var found = [ItemResult?](repeating: nil, count: count)
        var lookup: [(id: UInt64, index: Int)] = []
        var isAnyAddressed = false
        for (position, element) in elements.enumerated() {
            switch element.address {
            case .none: continue
            case .unusable: isAnyAddressed = true
            case .path(let index):
                isAnyAddressed = true
                // A delink has no body, so `json_path` is meaningless.
                if index < count, content.kind.operation == .update {
                    settle(&found[index], reading(of: element, namesItem: false))
                }
            case .id(let id):
                isAnyAddressed = true
                // The usual order is the request's; build a table only for another order.
                var index: Int?
                if position < count, content.related[position] == id {
                    index = position
                } else {
                    if lookup.isEmpty { lookup = sortedIDs() }
                    index = lookup.index(ofAscending: id, by: { $0.id }).map { lookup[$0].index }
                }
                if let index { settle(&found[index], reading(of: element, namesItem: true)) }
            }
        }
        if !isAnyAddressed, elements.count == count, mayMatchByPosition {
            for (index, element) in elements.enumerated() {
                found[index] = reading(of: element, namesItem: false)
            }
        }
        return found.map { result in
            result
                ?? .unclear(
                    ServiceMessage(
                        status: status, code: "",
                        text: "the answer has no element for this record"))
        }
    }

    private var mayMatchByPosition: Bool {
        content.kind.operation != .delink || content.related.count == 1
    }

    private func sortedIDs() -> [(id: UInt64, index: Int)] {
        content.related.enumerated().map { (id: $1, index: $0) }.sorted { $0.id < $1.id }
    }

    /// Two elements for one item must agree.
    private func settle(_ place: inout ItemResult?, _ result: ItemResult) {
        guard let earlier = place else {
            place = result
            return
        }
        switch (earlier, result) {
        case (.outcome(let first), .outcome(let second))
        where first.kind == second.kind && first.code == second.code:
            break
        // One record may have several bad fields.
        case (.outcome(let first), .outcome(let second))
        where first.kind == .failed && second.kind == .failed:
            break
        // Never lose the report of a deleted record.
        case (.recordDeleted, _): break
        case (_, .recordDeleted): place = result
        default:
            place = .unclear(
                ServiceMessage(
                    status: status, code: "",
                    text: "the answer has contradicting elements for this record"))
        }
    }

    /// The result of one element.
    private func reading(of element: AnswerElement, namesItem: Bool) -> ItemResult {
        let (code, message) = (element.code, element.message)
        switch element.status {
        case .success where code == AnswerReading.successCode:
            return success(Outcome(kind: successKind, status: status, code: code, message: message))
        case .error where code != AnswerReading.successCode && !code.isEmpty:
            return failure(code: code, message: message, namesItem: namesItem)
        default:
            return .unclear(ServiceMessage(status: status, code: code, text: message))
        }
    }

    private var successKind: OutcomeKind {
        switch content.kind.operation {
        case .delink: .removed
        case .update: .updated
        case .deleteAttachment, .deleteCreatorRecords: .deleted
        case .discoverDeleted: .listed
        }
    }

    private func success(_ outcome: Outcome) -> ItemResult {
        content.kind.operation == .delink && DelinkAnswer.saysRecordDeleted(outcome.message)
            ? .recordDeleted(outcome) : .outcome(outcome)
    }

    private func failure(code: String, message: String, namesItem: Bool) -> ItemResult {
        var outcome = Outcome(kind: .failed, status: status, code: code, message: message)
        if code == "INVALID_DATA", namesItem,
            AnswerReading.isRemoval(content.kind.operation)
        {
            // "Already removed" and "never related" have the same answer.
            outcome.kind = .absent
            return .outcome(outcome)
        }
        switch ErrorCatalogue.errorClass(of: code) {
        case .transient, .throttled, .unauthorised, .outOfCalls:
            return .unclear(ServiceMessage(status: status, code: code, text: message))
        // An element never stops a kind.
        case .data, .kindPermanently, .kindIfRepeated, .item, .nothingToDo: return .outcome(outcome)
        }
    }
}
