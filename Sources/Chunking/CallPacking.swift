import JobModel
import ZohoAPI

/// How many ids fit one call: `ServiceURL.leadingIDCount`, asked only where the URL's length may
/// decide.
///
/// A parent's related ids ascend, so the last of a slice is its longest: if as many ids of that
/// length fit as a call may carry, no length has to be added up. With ids of 19 digits and the
/// default limits that is always so.
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
        // Two ids, so that the form with several ids is measured; the second one and its comma are
        // taken off.
        shortestByteCount =
            maximumIDs > 1
            ? ServiceURL.byteCount(kind: kind, parent: 1, ids: [1, 2], profile: profile) - 2 : 0
    }

    /// Ids of `related[start..<end]`, taken from the start, that one call at `parent` carries: at
    /// least 1.
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
