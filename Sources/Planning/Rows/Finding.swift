/// What a rule has against a cell: the planner adds where it stands.
struct Finding: Error, Equatable {
    /// As in `Diagnostic`.
    var message: String
    /// `--skip-invalid` may leave the row out: the fault is one cell's value.
    var isSkippable: Bool
    /// Index of the manifest's column at fault, if the rule chose it; otherwise the planner knows.
    var column: Int?

    init(_ message: String, isSkippable: Bool = true, column: Int? = nil) {
        self.message = message
        self.isSkippable = isSkippable
        self.column = column
    }
}
