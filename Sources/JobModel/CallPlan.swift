/// One kind of calls.
package struct PlannedKind: Sendable, Equatable {
    /// The kind of the calls, already reversed if `direction` says so.
    package var kind: RelationKind
    package var direction: CallDirection
    package var isAddedByConfiguration: Bool

    package init(
        kind: RelationKind, direction: CallDirection = .asWritten,
        isAddedByConfiguration: Bool = false
    ) {
        self.kind = kind
        self.direction = direction
        self.isAddedByConfiguration = isAddedByConfiguration
    }
}

/// The planned calls for a set of work items in sending order, stored in columns.
///
/// Call c carries the items `callStarts[c]..<callStarts[c + 1]` of `related` and `rows`, all at the
/// parent `callParents[c]` and of the kind `kinds[Int(callKinds[c])]`.
package struct CallPlan: Sendable, Equatable {
    package var kinds: [PlannedKind] = []
    /// Related ids of all items, in call order.
    package var related: [UInt64] = []
    /// Row of each item, in call order.
    package var rows: [UInt32] = []
    package var callKinds: [UInt16] = []
    package var callParents: [UInt64] = []
    /// `callCount + 1` offsets.
    package var callStarts: [UInt32] = [0]

    /// Items executed in rounds, in row order.
    package var creatorJobs: [CreatorJob] = []
    /// Items read page by page, in row order.
    package var deletedParents: [DeletedParent] = []

    package init() {}

    package var callCount: Int { callKinds.count }
    package var itemCount: Int { rows.count + creatorJobs.count + deletedParents.count }
}
