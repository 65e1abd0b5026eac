import JobModel

/// What the link fields of each update row come to, in 64 bits: tells an exact duplicate from a
/// contradiction.
///
/// 12 bytes a row, of updates only; dropped when planning ends. Rows ascend.
final class UpdateDigests {
    private var rows: [UInt32] = []
    private var digests: [UInt64] = []

    func append(row: UInt32, digest: UInt64) {
        rows.append(row)
        digests.append(digest)
    }

    /// The digest of a row; nil for a row that is no update.
    func digest(ofRow row: UInt32) -> UInt64? {
        rows.index(ofAscending: row, by: { $0 }).map { digests[$0] }
    }
}
