// Stops and halts, as a replay takes them.

extension JournalRecord {
    var isHeader: Bool {
        if case .run = self { true } else { false }
    }

    /// Whether the record may be written behind a session's stop record.
    var mayFollowStop: Bool {
        switch self {
        case .session, .abandoned: true
        case .run, .planned, .call, .attempt, .answer, .kindStopped, .blocked, .reopened, .halt,
            .stop:
            false
        }
    }
}

extension RecoveredRun {
    /// Takes a session's stop record. One that says "halted" is a halt, also without a record of
    /// its own.
    mutating func apply(_ stop: StopRecord, number: UInt64) {
        self.stop = stop
        guard stop.reason.state == .halted || stop.state == .halted, halts.isEmpty else { return }
        let reason = stop.reason.state == .halted ? stop.reason : .recordDeleted
        halts.append(
            Halt(
                number: number,
                record: HaltRecord(
                    reason: reason, text: stop.text, atMilliseconds: stop.atMilliseconds)))
    }

    /// A session overrides a halt, and with it those before it.
    ///
    /// - Returns: why it can't, or nil.
    mutating func resolveHalt(_ number: UInt64) -> String? {
        guard let halt = halts.last else {
            return "a session overrides halt \(number), and the run is not halted"
        }
        guard halt.number == number else {
            return "a session overrides halt \(number), and the run is halted by \(halt.number)"
        }
        halts.removeAll()
        return nil
    }
}
