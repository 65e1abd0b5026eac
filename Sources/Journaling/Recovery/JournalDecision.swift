/// What a resume does with the journal as a file: the second of the two tables of recovery. Its
/// rows are also in Journaling.docc. Tests compare the two, and show that a scan comes to every
/// row.
package enum JournalDecision: String, CaseIterable, Sendable {
    /// Copy everything from the damage on to a file, truncate the journal, synchronise, report it,
    /// and continue.
    case saveAsideAndCut = "@F"
    /// Change nothing, report file and line, exit 74.
    case stopDamaged = "@G"
    /// Cut the zeros off and go on.
    case cutZeros = "@J"
    /// The run never started; nothing was sent.
    case neverStarted = "@K"
    /// Go on behind the last record.
    case continueRun = "@L"
    /// Touch nothing, name file and line and what was not understood, exit 74.
    case stopNotUnderstood = "@M"

    /// The one row for a journal.
    package init(_ condition: JournalCondition) {
        switch condition {
        case .whole: self = .continueRun
        case .zeros: self = .cutZeros
        case .tornTail: self = .saveAsideAndCut
        case .neverStarted: self = .neverStarted
        case .damaged: self = .stopDamaged
        case .notUnderstood: self = .stopNotUnderstood
        }
    }

    /// Why, in words.
    package var cause: String {
        switch self {
        case .saveAsideAndCut: "the journal ends in a torn record"
        case .stopDamaged: "the journal is damaged"
        case .cutZeros: "the journal ends in zeros"
        case .neverStarted: "there is no whole record"
        case .continueRun: "the journal ends in a whole record"
        case .stopNotUnderstood: "the record is not understood"
        }
    }
}
