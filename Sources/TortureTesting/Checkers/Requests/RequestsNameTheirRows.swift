import JSONText
import JobModel

/// A request names records of the manifest and nothing else: a DELETE has ids, each id is a row of
/// that operation, an update's body is its rows' fields, a Creator deletion has its row's criteria,
/// environment, user and workflows.
struct RequestsNameTheirRows: Checker {
    private let scenario: Scenario

    init(_ scenario: Scenario) { self.scenario = scenario }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard case .requestLeft(let sending) = observation else { return nil }
        let request = sending.request
        switch request.content {
        case .items(let module, let parent, let list, let ids):
            if Set(ids).count != ids.count { return "\(request.target) names an id twice" }
            for id in ids {
                let key = Scenario.RelationKey(
                    module: module, parent: parent, list: list, related: id)
                guard let row = scenario.rowOfRelation[key] else {
                    return "\(request.method) \(request.target) names \(id), which no row names"
                }
                let isUpdate = scenario.rows[row].operation == .update
                if isUpdate != (request.method == "PUT") {
                    return "\(request.method) \(request.target) is not what row \(row) asks for"
                }
                if isUpdate, let text = faultInBody(request, id, ids, row) { return text }
            }
        case .round(let report, let criteria, let named):
            let row = scenario.rows.first { item in
                item.operation == .deleteCreatorRecords && item.list == report
                    && criteria.contains(item.criteria)
            }
            guard let row else { return "no row asks for \(criteria) at \(report)" }
            if let other = named.first(where: { !row.records.contains($0) }) {
                return "record \(other) is named, which does not match"
            }
            if let text = faultInRound(request, row) { return text }
        case .listing(let report):
            let isAsked = scenario.rows.contains { item in
                item.operation == .deleteCreatorRecords && item.list == report
                    && item.environment == request.environment && item.demoUser == request.demoUser
            }
            if !isAsked { return "a listing of \(report) leaves as no row asks for it" }
        case .unknown where request.mayAct:
            return "\(request.method) \(request.target) names no records"
        case .page, .read, .unknown: break
        }
        return nil
    }

    private func faultInRound(_ request: SeenRequest, _ row: Scenario.Row) -> String? {
        let report = row.list
        guard request.environment == row.environment else {
            return "a deletion in \(report) leaves for \(request.environment), its row says "
                + row.environment
        }
        guard request.demoUser == row.demoUser else {
            return "a deletion in \(report) leaves as \"\(request.demoUser)\", its row says "
                + "\"\(row.demoUser)\""
        }
        guard request.skippedWorkflows == (row.skipsWorkflow ? ["form_workflow"] : []) else {
            return "a deletion in \(report) skips \(request.skippedWorkflows)"
        }
        return request.target.hasSuffix("?process_until_limit=true")
            ? nil : "a deletion in \(report) is not processed until its limit"
    }

    private func faultInBody(
        _ request: SeenRequest, _ id: UInt64, _ ids: [UInt64], _ row: Int
    ) -> String? {
        let elements = request.bodyElements
        guard elements.count == ids.count, let place = ids.firstIndex(of: id) else {
            return "the body of \(request.target) has \(elements.count) elements"
        }
        var members = elements[place].object?.members ?? []
        members.removeAll { $0.key == "id" }
        let text = JSONWriter.text(of: .object(JSONObject(members)))
        guard text == scenario.rows[row].fields else {
            return
                "row \(row) is updated with \(text), the manifest has \(scenario.rows[row].fields)"
        }
        return nil
    }
}
