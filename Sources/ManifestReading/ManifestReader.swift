package import JobModel

/// Reads a manifest in pieces: the one entrance to this target.
///
///     var reader = ManifestReader(format: .csv, columnMap: map)
///     while let chunk = … { for block in reader.push(chunk) { plan(block) } }
///     for block in reader.finish() { plan(block) }
///     // then reader.columns, .defaults, .diagnostics, .lastRowIsUnterminated
///
/// Pieces may be of any size and cut anywhere: rows, positions and diagnostics do not depend on it
/// (blocks do; pieces of about 1 MiB make blocks of thousands of rows). It is a value without I/O,
/// so one thread may read the file while another pushes. Memory: one piece, one unfinished row (1
/// MiB at most), the blocks handed out.
///
/// **What is read is judged here by structure only**: quotes, encoding, NUL, cell counts and sizes,
/// names of columns, JSON grammar. Such faults are collected in `diagnostics` and can never be
/// skipped (no `skippableRow`). A faulty row is in no block, but has its number: row numbers
/// between blocks may jump. What operations need, and what values mean, is Planning's.
package struct ManifestReader: Sendable {
    /// Data rows at most: row numbers are 32 bits wide.
    package static let maximumRows: UInt32 = .max - 1
    /// Bytes of an id or a name.
    package static let maximumNameByteCount = 256
    /// Bytes of any other cell.
    package static let maximumCellByteCount = 64 << 10

    /// Bytes that a cell of a column may have.
    package static func maximumByteCount(of meaning: ColumnMeaning) -> Int {
        switch meaning {
        case .known(.criteria), .known(.fields), .linkField, .carried: maximumCellByteCount
        case .known: maximumNameByteCount
        }
    }

    package let format: ManifestFormat
    private let map: ColumnMap
    private var reader: any ManifestFormatReader
    /// The file's first bytes, until there are enough to know a byte order mark.
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
    /// After faults of the header (there is a diagnostic then) the columns they concern count as
    /// `carried`: whoever misses a known one need not say so again.
    package var columns: ManifestColumns? { reader.columns }

    /// What a JSON manifest's `defaults` supply; complete before the first row, since they must
    /// stand before `items`.
    package var defaults: [ColumnDefault] { reader.defaults }

    /// What is wrong with the structure, in the file's order.
    package var diagnostics: DiagnosticList {
        guard let signatureError else { return reader.diagnostics }
        var list = DiagnosticList()
        list.append(signatureError)
        return list
    }

    /// Data rows so far, those left out for their structure included.
    package var rowCount: Int { Int(reader.rowCount) }

    /// Data rows that are in no block because of their structure.
    package var faultyRowCount: Int { reader.faultyRowCount }

    /// Whether a fault ended the reading: what is pushed from then on is ignored, and rows are not
    /// all counted.
    package var isStopped: Bool { signatureError != nil || reader.isStopped }

    /// CSV, after `finish`: whether the last row lacks a line end, as in an export that is still
    /// being written.
    package var lastRowIsUnterminated: Bool { reader.lastRowIsUnterminated }

    /// Takes the next piece of the file, and returns the rows that came to their end in it.
    package mutating func push(_ bytes: [UInt8]) -> [RowBlock] {
        bytes.withUnsafeBufferPointer { push($0) }
    }

    /// Takes the next piece from a buffer, which may be used again afterwards.
    package mutating func push(_ bytes: UnsafeBufferPointer<UInt8>) -> [RowBlock] {
        guard let held = signature else { return read(bytes) }
        let start = held + bytes
        guard start.count >= FileSignature.byteCount else {
            signature = start
            return []
        }
        return open(start)
    }

    /// Takes the end of the file, and returns what rows are left.
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
            // JSON's tokenizer knows the mark, and counts its bytes by itself.
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

/// What a file's first bytes say of it: text, with or without a byte order mark, or something that
/// people hand over by mistake.
enum FileSignature: Equatable {
    case text(markByteCount: Int)
    /// No manifest; with the words for it.
    case foreign(String)

    /// Bytes that are needed to tell, if the file has so many.
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
