import JobModel
import Journaling

/// A discovery lists nothing twice; when it is done and its data did not change meanwhile, it has
/// skipped nothing.
struct PagesListEachOnce: Checker {
    private let scenario: Scenario

    init(_ scenario: Scenario) {
        self.scenario = scenario
    }

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        guard scenario.has(.pages), case .worldEnded(let end) = happening else { return nil }
        var listed = Array(repeating: Set<UInt64>(), count: scenario.rows.count)
        var rowOfCall: [UInt32: UInt32] = [:]
        var doubled: String?
        var scan = JournalScan()
        scan.feed(end.journal) { scanned in
            switch scanned.record {
            case .call(let call) where call.step != nil: rowOfCall[call.call] = call.rows[0]
            case .answer(let answer):
                guard let page = answer.page, let row = rowOfCall[answer.call] else { break }
                for child in page.children where !listed[Int(row)].insert(child.id).inserted {
                    doubled = "row \(row): child \(child.id) is listed twice"
                }
            default: break
            }
            return nil
        }
        if let doubled { return doubled }
        if scenario.has(.movingChildren) { return nil }
        for (row, item) in scenario.rows.enumerated() where item.operation == .discoverDeleted {
            if let ghost = listed[row].subtracting(item.records).min() {
                return "row \(row): child \(ghost) is listed, and nobody related it"
            }
            let code = row < end.run.outcomeOfRow.count ? end.run.outcomeOfRow[row] : 0
            guard code > 0, OutcomeKind(rawValue: code - 1) == .listed else { continue }
            if let lost = Set(item.records).subtracting(listed[row]).min() {
                return "row \(row): is said to be listed, and lacks child \(lost)"
            }
        }
        return nil
    }
}
