/// On a list that only the settings know, each request names one item and is alone, until one of
/// the list's items was removed, as an answer and the disk say. What was absent, refused or unknown
/// proves nothing, and an override of a halt begins anew.
struct AddedListsByOne: Checker {
    private var isProven = false
    private var inFlight: Set<Int> = []
    /// What left together before: it may leave again, in whole or in parts.
    private var sentTogether: [Set<UInt64>] = []
    /// Rows of the list.
    private let rows: [Int]

    init(_ scenario: Scenario) {
        // With later versions of the API a record that was read back proves a list:
        // `FirstDelinkReadBack`.
        rows =
            scenario.crmVersion == "v2"
            ? scenario.rows.indices.filter { scenario.rows[$0].list == Scenario.addedList } : []
    }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        if rows.isEmpty { return nil }
        switch observation {
        case .processBegan:
            inFlight = []
            isProven = rows.contains(where: world.journal.successes.contains)
        case .requestLeft(let sending):
            guard case .items(_, _, Scenario.addedList, let ids) = sending.request.content else {
                return nil
            }
            defer { if ids.count > 1 { sentTogether.append(Set(ids)) } }
            if isProven { return nil }
            inFlight.insert(sending.number)
            // What is on the disk already is sent as it is.
            let isNew =
                (sending.attempt?.attempt ?? 1) == 1
                && !sentTogether.contains { $0.isSuperset(of: ids) }
            if isNew && ids.count > 1 || inFlight.count > 1 {
                return "\(sending.name) names \(ids.count) items of \(Scenario.addedList), "
                    + "\(inFlight.count) in flight, and none was removed so far"
            }
        case .requestEnded(let sending, let end):
            inFlight.remove(sending.number)
            guard case .items(_, _, Scenario.addedList, _) = sending.request.content,
                case .success(let answer) = end
            else { return nil }
            if answer.hasSuccess {
                isProven = true
            }
        default: break
        }
        return nil
    }
}
