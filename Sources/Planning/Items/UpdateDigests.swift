import JobModel

/// 64-bit digests of the link fields of update rows, to tell duplicates from contradictions.
///
/// 12 bytes per update row; freed after planning. Rows ascend.
final class UpdateDigests {
    private var rows: [UInt32] = []
    private var digests: [UInt64] = []

    func append(row: UInt32, digest: UInt64) {
        rows.append(row)
        digests.append(digest)
    }

    /// The digest of a row; nil if it is not an update.
    func digest(ofRow row: UInt32) -> UInt64? {
        rows.index(ofAscending: row, by: { $0 }).map { digests[$0] }
    }
}
