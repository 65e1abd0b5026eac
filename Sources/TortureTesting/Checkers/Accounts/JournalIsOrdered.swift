/// The records on the disk follow each other as they may: nothing follows a stop record but
/// the next process, a call is there once, an attempt follows its call and an answer its attempt, a
/// row has one outcome.
struct JournalIsOrdered: Checker {
    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .diskSynchronised, .processBegan, .processEnded, .worldEnded: world.journal.fault
        default: nil
        }
    }
}
