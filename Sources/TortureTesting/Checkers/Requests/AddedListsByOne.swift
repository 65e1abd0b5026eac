/// On a list added by the settings, each request has one item and is alone in flight until one item
/// was removed, according to answer and disk. Absent, refused and unknown prove nothing, and
/// overriding a halt starts over.
struct AddedListsByOne: Checker {
    private var isProven = false
    private var inFlight: Set<Int> = []
    /// Items that were sent together before: they may be sent again, together or in parts.
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
