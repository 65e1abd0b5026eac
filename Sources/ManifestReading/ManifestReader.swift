package import JobModel

/// Reads a manifest incrementally: the entry point of this target.
///
///     var reader = ManifestReader(format: .csv, columnMap: map)
///     while let chunk = … { for block in reader.push(chunk) { plan(block) } }
///     for block in reader.finish() { plan(block) }
///     // then reader.columns, .defaults, .diagnostics, .lastRowIsUnterminated
///
/// Chunks may have any size and boundaries: rows, positions and diagnostics do not depend on them
/// (blocks do; chunks of about 1 MiB give blocks of thousands of rows). A value without I/O, so one
/// thread may read the file while another pushes. Memory: one chunk, one incomplete row (1 MiB at
/// most) and the returned blocks.
///
/// **Only structure is checked here**: quotes, encoding, NUL, cell counts and sizes, column names,
/// JSON grammar. Such faults are collected in `diagnostics` and never skippable. A faulty row is in
/// no block but is counted, so row numbers may jump between blocks. Required columns and values are
/// checked by Planning.
package struct ManifestReader: Sendable {
    /// Data rows at most: row numbers are 32 bits wide.
    package static let maximumRows: UInt32 = .max - 1
    /// Maximum bytes of an id or a name.
    package static let maximumNameByteCount = 256
    /// Bytes of any other cell.
    package static let maximumCellByteCount = 64 << 10

    /// Maximum bytes of a cell, by column.
    package static func maximumByteCount(of meaning: ColumnMeaning) -> Int {
        switch meaning {
        case .known(.criteria), .known(.fields), .linkField, .carried: maximumCellByteCount
        case .known: maximumNameByteCount
        }
    }

    package let format: ManifestFormat
    private let map: ColumnMap
    private var reader: any ManifestFormatReader
    /// The first bytes, until there are enough to detect a byte order mark.
    private var signature: [UInt8]? = []
    private var signatureError: Diagnostic?

    /// A reader at the start of a file.
    ///
    /// - Parameters:
    ///   - format: by extension or `--format`.
    ///   - columnMap: what `--column` says.
    package init(format: ManifestFormat, columnMap: ColumnMap = ColumnMap()) {
        self.format = format
        map = columnMap
        reader = ManifestReader.reader(of: format, map: columnMap, offset: 0)
    }

    private static func reader(
        of format: ManifestFormat, map: ColumnMap, offset: Int
    ) -> any ManifestFormatReader {
        switch format {
        case .csv: CSVReader(map: map, offset: UInt64(offset))
        case .json: JSONReader(map: map)
        case .jsonLines: JSONLinesReader(map: map, offset: UInt64(offset))
        }
    }

    /// The columns; nil before a CSV header has been read. JSON: every `KnownColumn`, at once.
    ///
    /// Faulty columns (there is a diagnostic) count as `carried`, so callers need not report them
    /// as missing.
    package var columns: ManifestColumns? { reader.columns }

    /// The `defaults` of a JSON manifest; complete before the first row, because they must precede
    /// `items`.
    package var defaults: [ColumnDefault] { reader.defaults }

    /// Structural faults in file order.
    package var diagnostics: DiagnosticList {
        guard let signatureError else { return reader.diagnostics }
        var list = DiagnosticList()
        list.append(signatureError)
        return list
    }

    /// Data rows so far, including omitted ones.
    package var rowCount: Int { Int(reader.rowCount) }

    /// Data rows omitted because of structural faults.
    package var faultyRowCount: Int { reader.faultyRowCount }

    /// Whether a fault ended reading: later input is ignored and not counted.
    package var isStopped: Bool { signatureError != nil || reader.isStopped }

    /// CSV, after `finish`: whether the last row is unterminated, as in an export still being
    /// written.
    package var lastRowIsUnterminated: Bool { reader.lastRowIsUnterminated }

    /// Consumes the next chunk and returns the completed rows.
    package mutating func push(_ bytes: [UInt8]) -> [RowBlock] {
        bytes.withUnsafeBufferPointer { push($0) }
    }

    /// Consumes the next chunk from a buffer, which may be reused afterwards.
    package mutating func push(_ bytes: UnsafeBufferPointer<UInt8>) -> [RowBlock] {
        guard let held = signature else { return read(bytes) }
        let start = held + bytes
        guard start.count >= FileSignature.byteCount else {
            signature = start
            return []
        }
        return open(start)
    }

    /// Handles the end of the file and returns the remaining rows.
    package mutating func finish() -> [RowBlock] {
        var blocks = signature.map { open($0) } ?? []
        if signatureError == nil { reader.finish(into: &blocks) }
        return blocks
    }

    private mutating func open(_ start: [UInt8]) -> [RowBlock] {
        signature = nil
        switch FileSignature(start) {
        case .text(let markByteCount):
            reader = ManifestReader.reader(of: format, map: map, offset: markByteCount)
            // The JSON tokenizer handles the byte order mark itself.
            let skipped = format == .json ? 0 : markByteCount
            return start.withUnsafeBufferPointer {
                read(UnsafeBufferPointer(rebasing: $0[skipped...]))
            }
        case .foreign(let what):
            signatureError = Diagnostic(at: nil, what)
            return []
        }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) -> [RowBlock] {
        guard !isStopped else { return [] }
        var blocks: [RowBlock] = []
        reader.push(bytes, into: &blocks)
        return blocks
    }
}

/// Detects a file's type by its first bytes: text, with or without a byte order mark, or a common
/// wrong file.
enum FileSignature: Equatable {
    case text(markByteCount: Int)
    /// Not a manifest; with the message.
    case foreign(String)

    /// Number of bytes needed, unless the file is shorter.
    static let byteCount = 4

    init(_ start: [UInt8]) {
        if start.starts(with: [0xEF, 0xBB, 0xBF]) {
            self = .text(markByteCount: 3)
        } else if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            self = .foreign("the file is UTF-16: save it as UTF-8")
        } else if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            self = .foreign("the file is a ZIP archive or an Excel workbook: export it as CSV")
        } else if start.starts(with: [0x1F, 0x8B]) {
            self = .foreign("the file is compressed with gzip: unpack it first")
        } else {
            self = .text(markByteCount: 0)
        }
    }
}

/// The common interface of the format readers.
protocol ManifestFormatReader: Sendable {
    var columns: ManifestColumns? { get }
    var defaults: [ColumnDefault] { get }
    var diagnostics: DiagnosticList { get }
    var rowCount: UInt32 { get }
    var faultyRowCount: Int { get }
    var isStopped: Bool { get }
    var lastRowIsUnterminated: Bool { get }

    /// Consumes the next bytes and appends blocks of the completed rows.
    mutating func push(_ bytes: UnsafeBufferPointer<UInt8>, into blocks: inout [RowBlock])
    /// Handles the end of the file.
    mutating func finish(into blocks: inout [RowBlock])
}
