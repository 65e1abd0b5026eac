import JobModel

/// A run never speaks to another target than the one it began with.
struct TargetKept: Checker {
    private var target = ""
    private var first: String?

    init(_ scenario: Scenario) {}

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        switch happening {
        case .sessionBegan(let facts): target = facts.target
        case .requestLeft(let attempt, _):
            let first = first ?? target
            self.first = first
            if target != first { return "\(attempt) leaves for \(target), not for \(first)" }
        default: break
        }
        return nil
    }
}
