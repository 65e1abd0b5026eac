import JobModel
import ManifestReading

/// A seeded generator (SplitMix64).
struct CuttingGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// How a manifest is split into chunks.
enum ReaderInput: Equatable, Sendable {
    case whole, byteByByte
    case seeded(UInt64)

    static let all: [ReaderInput] = [.whole, .byteByByte] + (1...5).map { .seeded($0) }

    func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        switch self {
        case .whole: return [bytes[...]]
        case .byteByByte: return bytes.indices.map { bytes[$0...$0] }
        case .seeded(let seed):
            var generator = CuttingGenerator(seed: seed)
            var pieces: [ArraySlice<UInt8>] = []
            var start = 0
            while start < bytes.count {
                let most = Bool.random(using: &generator) ? 4 : 2000
                let end = min(bytes.count, start + Int.random(in: 0...most, using: &generator))
                pieces.append(bytes[start..<end])
                start = end
            }
            return pieces
        }
    }
}

/// A row as it came out of a block.
struct ReadRow: Equatable {
    var number: UInt32
    var cells: [String?]
    var position: String
    var cellPositions: [String]
    var offset: UInt64
    var byteCount: UInt32
    var types: [RowBlock.CellType]
}

/// The full result of reading a manifest.
struct Reading: Equatable {
    var rows: [ReadRow] = []
    var columns: ManifestColumns?
    var diagnostics: [String] = []
    var rowCount = 0
    var faultyRowCount = 0
    var isStopped = false
    var lastRowIsUnterminated = false

    var cells: [[String?]] { rows.map(\.cells) }

    init(
        _ bytes: [UInt8], _ format: ManifestFormat, map: ColumnMap = ColumnMap(),
        cutting: ReaderInput = .whole
    ) {
        var reader = ManifestReader(format: format, columnMap: map)
        for piece in cutting.pieces(of: bytes) { add(reader.push(Array(piece))) }
        add(reader.finish())
        columns = reader.columns
        diagnostics = reader.diagnostics.kept.map { $0.rendered(path: "m") }
        rowCount = reader.rowCount
        faultyRowCount = reader.faultyRowCount
        isStopped = reader.isStopped
        lastRowIsUnterminated = reader.lastRowIsUnterminated
    }

    private mutating func add(_ blocks: [RowBlock]) {
        for block in blocks {
            for row in 0..<block.rowCount {
                let columns = 0..<block.columnCount
                rows.append(
                    ReadRow(
                        number: block.firstRow + UInt32(row),
                        cells: columns.map { block.string(row: row, column: $0) },
                        position: text(block.position(row: row)),
                        cellPositions: columns.map { text(block.position(row: row, column: $0)) },
                        offset: block.rowOffsets[row], byteCount: block.rowByteCounts[row],
                        types: block.cellTypes.isEmpty
                            ? [] : columns.map { block.cellTypes[row * block.columnCount + $0] }))
            }
        }
    }

    private func text(_ position: SourcePosition) -> String {
        "\(position.line):\(position.column)"
    }
}

extension ColumnMap {
    /// A map of arguments of `--column`, each `name=header`.
    init(arguments: [String]) throws(Problem) {
        var entries: [Entry] = []
        for argument in arguments { try entries.append(Entry(argument)) }
        try self.init(entries)
    }
}
