import JobModel

/// Why an item of rounds or pages fails although the service refused nothing: codes of our own,
/// beside the service's.
enum RelsweepErrorCode: String {
    /// Another round could pass the row's `max_records`.
    case maximumRecords = "MAX_RECORDS_REACHED"
    /// More records than a criteria can exclude can't be deleted.
    case tooManyUndeletable = "TOO_MANY_UNDELETABLE"
    /// A round (or a listing) brought nothing new, and records are left that match.
    case nothingNew = "NOTHING_NEW_DELETED"
    /// A round found no record that matches, and the one before said that there are more.
    case recordsVanished = "RECORDS_VANISHED"
    /// A page is empty, and the one before said that there is more.
    case pagesEndEarly = "PAGES_END_EARLY"
    /// A page says that there is more, and has no child that an earlier page had not.
    case pagesRepeat = "PAGES_REPEAT"
    /// As many pages as are read of one parent (`DeletedParent.maximumPages`), and there are more.
    case tooManyPages = "TOO_MANY_PAGES"

    /// The outcome of an item that ends so.
    func failure(status: Int = 0, _ message: String) -> Outcome {
        Outcome(kind: .failed, status: status, code: rawValue, message: SafeText.sanitised(message))
    }
}
