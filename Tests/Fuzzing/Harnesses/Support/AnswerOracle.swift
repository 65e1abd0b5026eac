import JSONText
import JobModel
import ZohoAPI

/// Reads an answer's elements with the general parser only, and determines which items may be
/// done according to it.
struct AnswerOracle {
    private struct Element {
        var isSuccess: Bool
        /// What it carries to say which item it is about; nil when it carries nothing.
        var id: String?
        var path: String?
    }

    private let call: RelationContent
    private let elements: [Element]

    init(_ body: [UInt8], _ call: RelationContent) throws(BrokenInvariant) {
        self.call = call
        let tree: JSONValue
        do throws(JSONError) {
            tree = try JSONTree.parse(body)
        } catch {
            throw BrokenInvariant("items are classified from an answer that is no JSON: \(error)")
        }
        elements = (tree["data"]?.array ?? []).map { element in
            let details = element["details"]
            return Element(
                isSuccess: element["code"]?.string == "SUCCESS"
                    && element["status"]?.string == "success",
                id: Self.text(details?["id"]), path: Self.text(details?["json_path"]))
        }
    }

    /// - Parameter verdicts: one for each related id of the call.
    func check(_ verdicts: [ItemResult]) throws(BrokenInvariant) {
        for (index, verdict) in verdicts.enumerated() where Self.isSuccess(verdict) {
            let own = elementsOf(index)
            try require(
                !own.isEmpty && (own.allSatisfy(\.isSuccess) || Self.isRecordDeleted(verdict)),
                "item \(index) of \(call.related) is done, by \(own)")
        }
    }

    /// The elements that can only mean this item.
    private func elementsOf(_ index: Int) -> [Element] {
        let id = String(call.related[index])
        let named = elements.filter { element in
            if let other = element.id { return other == id }
            guard let path = element.path, call.kind.operation == .update else { return false }
            let digits = path.dropFirst("$.data[".count).prefix { $0 != "]" }
            return path.hasPrefix("$.data[") && Int(digits) == index
        }
        if !named.isEmpty { return named }
        let isAnyAddressed = elements.contains { $0.id != nil || $0.path != nil }
        let mayCount = call.kind.operation != .delink || call.related.count == 1
        return !isAnyAddressed && mayCount && elements.count == call.related.count
            ? [elements[index]] : []
    }

    private static func isSuccess(_ verdict: ItemResult) -> Bool {
        switch verdict {
        case .recordDeleted: true
        case .outcome(let outcome): outcome.kind != .failed && outcome.kind != .absent
        case .unclear: false
        }
    }

    private static func isRecordDeleted(_ verdict: ItemResult) -> Bool {
        if case .recordDeleted = verdict { return true }
        return false
    }

    private static func text(_ value: JSONValue?) -> String? {
        switch value {
        case nil, .null: nil
        case .string(let text): text
        case .number(let number): number.text
        case .bool, .array, .object: "something else"
        }
    }
}
