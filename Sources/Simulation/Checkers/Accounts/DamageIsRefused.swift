/// While a journal is damaged before records that are proven to be on the disk, or has a record of
/// a newer version, nothing leaves and a start ends with 74.
struct DamageIsRefused: Checker {
    private var isDamaged = false

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .journalDamaged(let isProven): isDamaged = isProven
        case .journalRestored: isDamaged = false
        case .processBegan where isDamaged: return "a process begins with a damaged journal"
        case .requestLeft(let sending) where isDamaged:
            return "\(sending.name) leaves although the journal is damaged"
        case .startRefused(let exit, _) where isDamaged && exit != 74:
            return "the journal is damaged, and the process ends with \(exit)"
        default: break
        }
        return nil
    }
}
