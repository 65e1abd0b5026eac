import JobModel
import ManifestReading

/// An unterminated last line whose last cell is an id shorter than all others in its column was
/// truncated while being written: the remaining digits are the id of another record. Never
/// skippable.
///
/// Only the last column can be affected: otherwise cells would be missing. Terminated files and
/// JSON cannot be truncated unnoticed.
enum TruncatedLastLineRule {
    /// The finding, if the last row's id is suspicious.
    static func finding(last: UInt64, smallestOther: UInt64, column: KnownColumn) -> Finding? {
        guard last != 0, smallestOther != 0 else { return nil }
        let digits = String(last).utf8.count
        let others = String(smallestOther).utf8.count
        guard digits < others else { return nil }
        return Finding(
            "the last line has no line end and its id \(last) has \(digits) digits where all "
                + "others in column \"\(column.rawValue)\" have \(others) or more: the file was "
                + "still being written; export it again (or, if it is complete, end its last line)",
            isSkippable: false)
    }
}
