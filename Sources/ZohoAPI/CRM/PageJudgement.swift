/// What a complete answer to a page of `discover-deleted` means. The request changes nothing: none
/// leaves doubt.
package enum PageJudgement: Equatable, Sendable {
    case page(PageResult)
    case throttled(ServiceMessage, retryAfter: Duration?)
    case unauthorised(ServiceMessage)
    case outOfCalls(ServiceMessage)
    case unclear(ServiceMessage)
    case refused(ServiceMessage, RefusalScope)
}

/// One page of what was related to a deleted parent.
package struct PageResult: Equatable, Sendable {
    /// In the answer's order, none twice. A later page may name some of them again, when records
    /// change meanwhile.
    package var children: [PageChild]
    /// Whether there is a page after this one; nil where the answer does not say and the page is
    /// full, so that there may be one.
    package var moreRecords: Bool?
    /// HTTP status of the answer; 204 means that there are none.
    package var status: Int

    package init(children: [PageChild], moreRecords: Bool?, status: Int = 200) {
        self.children = children
        self.moreRecords = moreRecords
        self.status = status
    }

    /// The children's ids, in the answer's order.
    package var ids: [UInt64] { children.map(\.id) }
}

/// A record that was related to a deleted parent.
package struct PageChild: Hashable, Sendable {
    package var id: UInt64
    /// The record as compact JSON text, numbers and order as they came.
    package var record: String

    package init(id: UInt64, record: String) {
        self.id = id
        self.record = record
    }
}
