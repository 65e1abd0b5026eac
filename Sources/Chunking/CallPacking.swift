import JobModel
import ZohoAPI

/// How many ids fit into a call: a fast path for `ServiceURL.leadingIDCount`.
///
/// Related ids ascend, so the last one of a slice is the longest. If the maximum number of ids of
/// that length fits, nothing needs to be summed; with 19-digit ids and default limits that is
/// always so.
struct CallPacking {
    private let kind: RelationKind
    private let profile: ServiceProfile
    private let maximumIDs: Int
    /// Bytes of a query with one id of one digit at a parent of one digit.
    private let shortestByteCount: Int

    init(kind: RelationKind, profile: ServiceProfile) {
        self.kind = kind
        self.profile = profile
        maximumIDs = ServiceURL.maximumIDs(of: kind.operation, profile: profile)
        // Measure with two ids to get the bulk form, then subtract the second id and its comma.
        shortestByteCount =
            maximumIDs > 1
            ? ServiceURL.byteCount(kind: kind, parent: 1, ids: [1, 2], profile: profile) - 2 : 0
    }

    /// The number of ids from the start of `related[start..<direction]` that fit into one call at
    /// `parent`; at least 1.
    func leadingIDCount(
        at parent: UInt64, of related: [UInt64], from start: Int, to end: Int
    ) -> Int {
        let count = min(end - start, maximumIDs)
        guard count > 1 else { return 1 }
        let idBytes = ServiceURL.digitCount(of: related[start + count - 1]) + 1
        let upperBound =
            shortestByteCount - 3 + ServiceURL.digitCount(of: parent) + count * idBytes
        if upperBound < profile.maximumTargetByteCount { return count }
        return ServiceURL.leadingIDCount(
            kind: kind, parent: parent, ids: related[start..<end], profile: profile)
    }
}
