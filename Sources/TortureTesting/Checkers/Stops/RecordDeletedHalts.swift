import JobModel

/// After a success that says "record deleted" to a delink nothing is sent: in the process that got
/// it, and in later ones if the record of that answer is on the disk, until the halt is overridden.
/// The process that got it ends with 76, and no later one with 0. Where the disk fails before
/// the halt is on it, the process says that the run was to be halted.
struct RecordDeletedHalts: Checker {
    private var heard: [Sending] = []
    /// Also those whose halt was overridden.
    private var everHeard: [Sending] = []
    private var isHeardHere = false
    /// The disk failed without the halt on it.
    private var isLost = false
    /// Session records on the disk when it was heard.
    private var heardAt = 0
    /// When the process stopped waiting for answers: what it reads later is not classified.
    private var drainEnd: Moment?

    /// With later versions of the API the message is inconclusive: see `FirstDelinkReadBack`.
    private let isTold: Bool

    init(_ scenario: Scenario) { isTold = scenario.crmVersion == "v2" }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan:
            isHeardHere = false
            isLost = false
            drainEnd = nil
            if world.journal.lastOverridingSession > heardAt { heard = [] }
            heard.removeAll { sending in
                sending.attempt.flatMap { world.journal.attempt($0)?.end } == nil
            }
        case .saidDraining:
            drainEnd = drainEnd ?? world.process.map { world.now + $0.limits.timeout }
        case .requestEnded(let sending, .success(let answer)):
            if let drainEnd, world.now >= drainEnd { return nil }
            guard isTold, case .items(_, _, let list, _) = sending.request.content,
                sending.request.method == "DELETE", list != "Attachments", answer.saysRecordDeleted
            else { return nil }
            heard.append(sending)
            everHeard.append(sending)
            isHeardHere = true
            heardAt = world.journal.sessionCount
        case .requestLeft(let sending):
            guard let cause = heard.first else { return nil }
            return "\(sending.name) leaves although \(cause.name) was answered \"record deleted\""
        case .diskFailed:
            if isHeardHere, world.journal.halt == nil { isLost = true }
        case .processEnded(let summary):
            if isLost, summary.exit == 74, !summary.text.contains("to be halted") {
                return "the halt is not on the disk, and the process says: \(summary.text)"
            }
            if summary.exit == 0,
                let cause = everHeard.first(where: {
                    $0.attempt.flatMap { world.journal.attempt($0)?.end } != nil
                })
            {
                return "\(cause.name) was answered \"record deleted\", and the run ends with 0"
            }
            guard isHeardHere, summary.exit != 76, summary.exit != 74 else { return nil }
            return "\(heard.first?.name ?? "") was answered \"record deleted\", and the process "
                + "ends with \(summary.exit)"
        default: break
        }
        return nil
    }
}
