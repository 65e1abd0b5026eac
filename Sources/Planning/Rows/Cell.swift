import ManifestReading

/// The bytes of one cell, in a block's text or in a default's; valid while the block is being
/// consumed.
struct Cell {
    var bytes: UnsafePointer<UInt8>
    /// -1 if the row lacks the cell (a JSON key, or a column without a default). Absent is not
    /// empty.
    var count: Int

    @inline(__always) var isAbsent: Bool { count < 0 }

    /// For messages and slow paths.
    var array: [UInt8] {
        Array(UnsafeBufferPointer(start: bytes, count: max(count, 0)))
    }

    /// Byte-wise equality; absent cells are equal. Compares eight bytes at a time and never reads
    /// outside the cells.
    @inline(__always)
    func equals(_ other: Cell) -> Bool {
        guard count == other.count else { return false }
        if bytes == other.bytes { return true }
        return Cell.equal(bytes, other.bytes, count)
    }

    @inline(__always)
    static func equal(
        _ first: UnsafePointer<UInt8>, _ second: UnsafePointer<UInt8>, _ count: Int
    ) -> Bool {
        let first = UnsafeRawPointer(first)
        let second = UnsafeRawPointer(second)
        if count >= 8 {
            var offset = 0
            while offset &+ 8 <= count {
                if load8(first + offset) != load8(second + offset) { return false }
                offset &+= 8
            }
            // The last eight bytes, overlapping the previous ones.
            return load8(first + (count &- 8)) == load8(second + (count &- 8))
        }
        if count >= 4 {
            return load4(first) == load4(second)
                && load4(first + (count &- 4)) == load4(second + (count &- 4))
        }
        var offset = 0
        while offset < count {
            if first.load(fromByteOffset: offset, as: UInt8.self)
                != second.load(fromByteOffset: offset, as: UInt8.self)
            {
                return false
            }
            offset &+= 1
        }
        return true
    }

    @inline(__always)
    private static func load8(_ pointer: UnsafeRawPointer) -> UInt64 {
        pointer.loadUnaligned(as: UInt64.self)
    }

    @inline(__always)
    private static func load4(_ pointer: UnsafeRawPointer) -> UInt32 {
        pointer.loadUnaligned(as: UInt32.self)
    }
}

/// The source of a known column's cells: the manifest's column, or a default if absent.
struct CellSource {
    /// Index of the manifest's column, or -1.
    var index: Int
    /// The default's cell, or an absent cell.
    var fallback: Cell
}

/// A block being planned, with its columns as pointers.
struct BlockView {
    var text: UnsafePointer<UInt8>
    var starts: UnsafePointer<UInt32>
    var ends: UnsafePointer<UInt32>
    /// nil for CSV.
    var types: UnsafePointer<RowBlock.CellType>?
    var columnCount: Int
    /// A copy of `RowBlock.absent`: a constant of another module costs a call.
    let absent = RowBlock.absent

    /// - Parameter base: Index of the row's first cell.
    @inline(__always)
    func cell(_ source: CellSource, _ base: Int) -> Cell {
        guard source.index >= 0 else { return source.fallback }
        let start = starts[base &+ source.index]
        guard start != absent else { return source.fallback }
        return Cell(
            bytes: text + Int(start), count: Int(ends[base &+ source.index] &- start))
    }

    /// The cell of one of the manifest's columns, defaults aside.
    func cell(atColumn column: Int, _ base: Int) -> Cell {
        let start = starts[base + column]
        guard start != RowBlock.absent else { return Cell(bytes: text, count: -1) }
        return Cell(bytes: text + Int(start), count: Int(ends[base + column] - start))
    }

    func type(ofColumn column: Int, _ base: Int) -> RowBlock.CellType {
        guard let types, column >= 0 else { return .text }
        return types[base + column]
    }
}
