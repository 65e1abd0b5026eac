/// The records on the disk are in a valid order: only the next process follows a stop record, a
/// call occurs once, an attempt follows its call and an answer its attempt, a row has one outcome.
struct JournalIsOrdered: Checker {
    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .diskSynchronised, .processBegan, .processEnded, .worldEnded: world.journal.fault
        default: nil
        }
    }
}
