import JobModel
import ManifestReading

/// A last line without its line end, whose last cell is an id shorter than every other one of its
/// column, was cut off while the file was being written: the digits that are there name another
/// record. Never skippable.
///
/// Only the last column can be cut: with an earlier one, cells would be missing. Files that end in
/// a line end, and JSON, can't be cut unnoticed.
enum TruncatedLastLineRule {
    /// nil unless the last row's id is suspicious.
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
