import JobModel
import Journaling
import ZohoAPI

/// The processing of one deleted record: its pages in order, each related record once.
///
/// The item ends `listed` with the page that announces no further one, and `failed` with a code of
/// relsweep (`RelsweepErrorCode`) if the pages contradict each other.
struct PageWork: Sendable {
    let parent: DeletedParent
    private(set) var progress: PageProgress

    init(_ parent: DeletedParent, _ progress: PageProgress?) {
        self.parent = parent
        self.progress = progress ?? PageProgress(row: parent.row)
    }

    var nextStep: LaneStep { .page(progress.nextPage) }

    /// Processes the answer to a page.
    ///
    /// - Returns: what to journal, and the item's outcome, if it ends.
    mutating func answered(_ result: PageResult) -> (PageRecord?, Outcome?) {
        if result.children.isEmpty, result.moreRecords == false, progress.expectsMore {
            // Not recorded, so a retry requests this page again.
            return (
                nil,
                RelsweepErrorCode.pagesEndEarly.failure(
                    status: result.status,
                    "page \(progress.nextPage - 1) announces more, and page "
                        + "\(progress.nextPage) is empty: children may be missing")
            )
        }
        let children = result.children.filter { !progress.children.contains($0.id) }
        let page = PageRecord(
            page: progress.nextPage,
            children: children.map { ChildRecord(id: $0.id, fields: $0.record) },
            moreRecords: result.moreRecords)
        progress.apply(page)
        if result.moreRecords == false {
            return (page, Outcome(kind: .listed, status: result.status))
        }
        guard children.isEmpty else {
            let isLast = page.page >= DeletedParent.maximumPages
            let outcome = RelsweepErrorCode.tooManyPages.failure(
                status: result.status,
                "page \(page.page) announces more, but at most "
                    + "\(DeletedParent.maximumPages) pages of one record are read")
            return (page, isLast ? outcome : nil)
        }
        return (
            page,
            RelsweepErrorCode.pagesRepeat.failure(
                status: result.status,
                "page \(page.page) announces more and has nothing new")
        )
    }
}
