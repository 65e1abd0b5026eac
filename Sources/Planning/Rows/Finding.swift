/// A rule's finding about a cell; the planner adds the position.
struct Finding: Error, Equatable {
    /// As in `Diagnostic`.
    var message: String
    /// Whether `--skip-invalid` may skip the row: the fault is in a single cell's value.
    var isSkippable: Bool
    /// Index of the faulty column if chosen by the rule; nil: the column under check.
    var column: Int?

    init(_ message: String, isSkippable: Bool = true, column: Int? = nil) {
        self.message = message
        self.isSkippable = isSkippable
        self.column = column
    }
}
