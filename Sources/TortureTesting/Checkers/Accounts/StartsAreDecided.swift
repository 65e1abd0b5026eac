import JobModel

/// What a start does with the run that is there: a halted one waits for a person, a finished one is
/// not done again, an old one or one of another manifest is resumed only on request.
struct StartsAreDecided: Checker {
    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard case .startDecided(let start, let step) = observation else { return nil }
        let right =
            start.isRun ? ofRun(start, world.journal) : ofResume(start, world.journal)
        return step == right ? nil : "a start does this: \(step); it is to do this: \(right)"
    }

    private func ofRun(_ start: SeenStart, _ journal: borrowing SeenJournal) -> SeenStep {
        if journal.halt != nil {
            return start.abandonsHalted ? .abandonsAndBeginsAnew : .refuses(exit: 76)
        }
        if let exit = finishedExit(journal) {
            guard start.isSameManifest, !start.runsAgain else { return .beginsAnew }
            return start.reopens ? .carriesOn : .sendsNothing(exit: exit)
        }
        if start.isSameManifest, start.age < start.resumeWithin { return .carriesOn }
        switch start.policy {
        case "resume": return start.isSameManifest ? .carriesOn : .carriesOnAndBeginsAnew
        case "abandon": return .abandonsAndBeginsAnew
        default: return .refuses(exit: 76)
        }
    }

    private func ofResume(_ start: SeenStart, _ journal: borrowing SeenJournal) -> SeenStep {
        if let halt = journal.halt {
            let isOverridden = start.overriddenHalt.map { Int($0) } == halt.number
            return isOverridden ? .carriesOn : .refuses(exit: 76)
        }
        if start.overriddenHalt != nil { return .refuses(exit: 76) }
        guard let exit = finishedExit(journal) else { return .carriesOn }
        return start.reopens ? .carriesOn : .sendsNothing(exit: exit)
    }

    /// nil for a run that was paused or killed.
    private func finishedExit(_ journal: borrowing SeenJournal) -> Int32? {
        guard let stop = journal.stop, stop.state == "finished" else { return nil }
        return stop.exit ?? 0
    }
}
