/// After a refusal of a whole kind, or two possible ones at different parents without a success in
/// between, the process sends nothing more of the kind; and no kind is stopped otherwise.
struct KindsStopForAReason: Checker {
    private struct Refusals {
        var isStopped = false
        /// Since the last answer with elements, in this process.
        var parents: Set<UInt64> = []
        /// Ever, in all processes.
        var everParents: Set<UInt64> = []
    }

    /// By kind; only looked up, or all of them.
    private var kinds: [String: Refusals] = [:]
    private var reasons = 0
    private var stoppedBefore = 0

    private static let permanent = [
        "OAUTH_SCOPE_MISMATCH", "INVALID_MODULE", "NOT_SUPPORTED", "INVALID_URL_PATTERN",
    ]
    private static let possible = ["NO_PERMISSION", "AUTHORIZATION_FAILED"]

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan:
            kinds = kinds.mapValues { Refusals(everParents: $0.everParents) }
            reasons = kinds.count { $0.value.everParents.count >= 2 }
            stoppedBefore = world.journal.stoppedKinds.count
        case .requestEnded(let sending, .success(let answer)):
            guard case .items(_, let parent, _, _) = sending.request.content else {
                if answer.seenClass == .refused { reasons += 1 }
                return nil
            }
            heard(answer, sending.request.kind, parent)
        case .requestLeft(let sending):
            if case .items = sending.request.content, kinds[sending.request.kind]?.isStopped == true
            {
                return "\(sending.name) (\(sending.request.kind)) leaves although its kind was "
                    + "refused"
            }
        case .diskSynchronised:
            let count = world.journal.stoppedKinds.count - stoppedBefore
            if count > reasons {
                return "\(count) kinds are stopped on the disk, \(reasons) were refused: "
                    + (world.journal.stoppedKinds.last ?? "")
            }
        default: break
        }
        return nil
    }

    private mutating func heard(_ answer: SeenAnswer, _ kind: String, _ parent: UInt64) {
        var refusals = kinds[kind] ?? Refusals()
        defer { kinds[kind] = refusals }
        switch answer.seenClass {
        // An answer that records are missing shows that no right is missing.
        case .elements: refusals.parents = []
        case .refused
        where answer.code == "INVALID_DATA"
            && (answer.pathIndex.map { $0 >= 3 } ?? (answer.status == 404)):
            refusals.parents = []
        // The list's segment of the path.
        case .refused
        where KindsStopForAReason.permanent.contains(answer.code)
            || answer.code == "INVALID_DATA" && answer.pathIndex == 2:
            stop(&refusals)
        case .refused where KindsStopForAReason.possible.contains(answer.code):
            refusals.parents.insert(parent)
            if refusals.everParents.insert(parent).inserted, refusals.everParents.count == 2 {
                reasons += 1
            }
            if refusals.parents.count >= 2 { refusals.isStopped = true }
        default: break
        }
    }

    private mutating func stop(_ refusals: inout Refusals) {
        if !refusals.isStopped { reasons += 1 }
        refusals.isStopped = true
    }
}
