import JobModel
import Journaling
import ZohoAPI

/// A deleted parent at work: its pages in order, each child once.
///
/// The item ends `listed` with the page that says there is no further one, and `failed` with a code
/// of ours (`RelsweepErrorCode`) where the pages contradict each other.
struct PageWork: Sendable {
    let parent: DeletedParent
    private(set) var progress: PageProgress

    init(_ parent: DeletedParent, _ progress: PageProgress?) {
        self.parent = parent
        self.progress = progress ?? PageProgress(row: parent.row)
    }

    var nextStep: LaneStep { .page(progress.nextPage) }

    /// A page came.
    ///
    /// - Returns: what to journal, and the item's outcome, if it ends.
    mutating func answered(_ result: PageResult) -> (PageRecord?, Outcome?) {
        if result.children.isEmpty, result.moreRecords == false, progress.expectsMore {
            // Not journalled: a further start asks for this page again.
            return (
                nil,
                RelsweepErrorCode.pagesEndEarly.failure(
                    status: result.status,
                    "page \(progress.nextPage - 1) says that there is more, and page "
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
                "page \(page.page) says that there is more, and no more than "
                    + "\(DeletedParent.maximumPages) pages are read of one record")
            return (page, isLast ? outcome : nil)
        }
        return (
            page,
            RelsweepErrorCode.pagesRepeat.failure(
                status: result.status,
                "page \(page.page) says that there is more and has nothing new")
        )
    }
}
