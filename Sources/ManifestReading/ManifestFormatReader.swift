import JobModel

/// What the readers of the single formats have in common, for `ManifestReader`.
protocol ManifestFormatReader: Sendable {
    var columns: ManifestColumns? { get }
    var defaults: [ColumnDefault] { get }
    var diagnostics: DiagnosticList { get }
    var rowCount: UInt32 { get }
    var faultyRowCount: Int { get }
    var isStopped: Bool { get }
    var lastRowIsUnterminated: Bool { get }

    /// Takes the next bytes; blocks of the rows that end in them are appended.
    mutating func push(_ bytes: UnsafeBufferPointer<UInt8>, into blocks: inout [RowBlock])
    /// Takes the end of the file.
    mutating func finish(into blocks: inout [RowBlock])
}
