/// Nothing is sent while a journal is damaged before records that are proven to be on the disk, has
/// a record of a newer version, an outcome of a row that is no item, or a call for such a row; a
/// start that reads it ends with 74. What a start cuts off a journal's end is saved aside, except
/// zeros.
struct DamageIsRefused: Checker {
    private var isDamaged = false
    private var isForged = false

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .journalDamaged(let isProven): isDamaged = isProven
        case .journalForged: isForged = true
        case .journalRestored: (isDamaged, isForged) = (false, false)
        case .processBegan where isForged:
            return "a process begins with a journal that contradicts the manifest"
        case .tailCut(let bytes, let saved):
            let isEmpty = bytes.allSatisfy { $0 == 0 }
            if isEmpty, saved != nil { return "zeros at the journal's end are saved aside" }
            if !isEmpty, saved != bytes {
                return "\(bytes.count) bytes are cut off the journal, \(saved?.count ?? 0) of "
                    + "them are saved"
            }
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
