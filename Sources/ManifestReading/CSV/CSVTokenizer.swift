// The grammar, over bytes:
//
//     file     = [BOM] *line                 the BOM is taken off before this machine
//     line     = [row] line-end | row end-of-file
//     row      = cell *("," cell)
//     cell     = quoted | unquoted
//     quoted   = '"' *(any byte but '"' and NUL, or '""') '"'
//     unquoted = *(any byte but '"' , LF, CR, NUL and ",")
//     line-end = LF | CR LF
//
// RFC 4180, parsed strictly: guessing would delete the wrong things. Differences:
//   - LF alone ends a line as CR LF does, and the two may be mixed. CR alone never does: it is a
//     fault.
//   - Cells may hold any UTF-8 text (the RFC: ASCII); the reader checks the encoding.
//   - A quote within an unquoted cell, and text after a closing quote, are faults. The latter ends
//     the reading: it is unknown which quote was wrong, and therefore where cells begin.
//   - A line without a single byte is no row, also not one of one empty cell. A line of nothing but
//     spaces or commas is a row.
//   - The last line may lack its line end; `finish` ends it.
// All rows having one number of cells is the reader's to check, and so are cell sizes.
//
// Chunks are appended to one text, and `scan` continues where it stopped. It never changes the
// text, so positions are exact; the reader unescapes quotes afterwards. Chunk boundaries do not
// affect rows or faults. If you change this, also change the byte-by-byte reference implementation
// in `CSVReferenceTests`.

/// Finds rows and cells in CSV bytes. Never fails; collects faults.
struct CSVTokenizer: Sendable {
    /// A cell's bytes, without its quotes.
    struct Cell: Equatable, Sendable {
        var start: UInt32
        var end: UInt32
    }

    /// A row's bytes without its line end, the line it starts on, and where its cells end in
    /// `cells`.
    struct Row: Equatable, Sendable {
        var start: UInt32
        var end: UInt32
        var line: UInt32
        var cellsEnd: UInt32
    }

    enum ViolationKind: Equatable, Sendable {
        case strayQuote
        case nulByte
        case loneReturn
        /// With the offset of the cell's opening quote. Ends reading.
        case textAfterQuote(opened: Int)
        /// Reported at its opening quote. Ends reading.
        case unclosedQuote
        /// Reported at the quote that was open when the limit was exceeded, else at the row's
        /// start. Ends reading.
        case rowTooLong
    }

    /// A fault with its offset: the first one of each row, and the one that ends reading.
    struct Violation: Equatable, Sendable {
        /// Index into `rows`; `rows.count` for the row in progress.
        var row: Int
        var kind: ViolationKind
        var offset: Int
    }

    /// Bytes of a row, without its line end.
    static let maximumRowByteCount = 1 << 20

    private(set) var cells: [Cell] = []
    private(set) var rows: [Row] = []
    private(set) var violations: [Violation] = []
    /// Indices of the cells that hold doubled quotes.
    private(set) var escapedCells: [Int] = []
    /// Whether a byte above 0x7F was seen in the text.
    private(set) var hasNonASCII = false
    /// Whether a fault ended reading.
    private(set) var isStopped = false
    /// Whether the last row is unterminated.
    private(set) var lastRowIsUnterminated = false

    // The incomplete row.
    private(set) var rowStart = 0
    private(set) var rowLine: UInt32 = 1
    private var line: UInt32 = 1
    private var position = 0
    private var cellStart = 0
    private var isQuoted = false
    private var hasDoubledQuotes = false
    private var rowCellsStart = 0

    /// Continues to the end of `text`, which begins with all bytes passed since
    /// `forget`.
    mutating func scan(_ text: UnsafeBufferPointer<UInt8>) {
        resume(text, isFinal: false)
    }

    /// Handles the end of the text: completes the open row or reports a fault.
    mutating func finish(_ text: UnsafeBufferPointer<UInt8>) {
        resume(text, isFinal: true)
        guard !isStopped else { return }
        if isQuoted {
            return stop(.unclosedQuote, at: cellStart - 1, seenAt: text.count, text)
        }
        guard text.count > rowStart else { return }
        lastRowIsUnterminated = true
        endRow(text, at: text.count, next: text.count)
    }

    /// Forgets everything before the incomplete row, with which the text then begins.
    mutating func forget(_ text: UnsafeBufferPointer<UInt8>) {
        hasNonASCII = hasNonASCII && text[rowStart..<position].contains { $0 >= 0x80 }
        let shift = rowStart
        let gone = rowCellsStart
        cells.removeSubrange(..<gone)
        for index in cells.indices {
            cells[index].start -= UInt32(shift)
            cells[index].end -= UInt32(shift)
        }
        violations.removeAll { $0.row < rows.count }
        for index in violations.indices {
            violations[index].row -= rows.count
            violations[index].offset -= shift
        }
        escapedCells.removeAll { $0 < gone }
        for index in escapedCells.indices { escapedCells[index] -= gone }
        rows.removeAll(keepingCapacity: true)
        (rowStart, rowCellsStart) = (0, 0)
        position -= shift
        cellStart -= shift
    }

    // MARK: The machine

    private mutating func resume(_ text: UnsafeBufferPointer<UInt8>, isFinal: Bool) {
        while !isStopped {
            let goesOn =
                isQuoted ? scanQuoted(text, isFinal: isFinal) : scanPlain(text, isFinal: isFinal)
            if !goesOn { break }
        }
        // Two bytes over the limit may be a closing quote or CR that awaits the next byte.
        if !isStopped, text.count - rowStart > CSVTokenizer.maximumRowByteCount + 2 {
            stop(.rowTooLong, at: rowStart, seenAt: text.count, text)
        }
    }

    /// State: outside quotes. Returns false at the end of the text.
    ///
    /// Processes eight bytes at a time and stops only at bytes below 0x2D (`,` `"` LF CR NUL) or
    /// above 0x7F.
    private mutating func scanPlain(_ text: UnsafeBufferPointer<UInt8>, isFinal: Bool) -> Bool {
        let base = UnsafeRawBufferPointer(text)
        let count = text.count
        var position = position
        while position < count {
            var special: UInt64
            if position + 8 <= count {
                let word = UInt64(
                    littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                // A byte's high bit in the sum is clear exactly if its low seven bits are below
                // 0x2D.
                let sum = (word & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x5353_5353_5353_5353
                special = (~sum | word) & 0x8080_8080_8080_8080
            } else {
                let byte = text[position]
                special = byte < 0x2D || byte >= 0x80 ? 0x80 : 0
            }
            let step = position + 8 <= count ? 8 : 1
            while special != 0 {
                let at = position + special.trailingZeroBitCount >> 3
                let byte = text[at]
                if byte == 0x2C {
                    cells.append(Cell(start: UInt32(cellStart), end: UInt32(at)))
                    cellStart = at + 1
                } else if byte == 0x0A {
                    let hasReturn = at > cellStart && text[at - 1] == 0x0D
                    endRow(text, at: hasReturn ? at - 1 : at, next: at + 1)
                } else if byte >= 0x80 {
                    hasNonASCII = true
                } else if byte == 0x22, at == cellStart {
                    isQuoted = true
                    hasDoubledQuotes = false
                    cellStart = at + 1
                    self.position = at + 1
                    return true
                } else if byte == 0x22 || byte == 0x0D || byte == 0 {
                    if byte == 0x0D, at + 1 == count, !isFinal {
                        self.position = at
                        return false
                    }
                    if byte != 0x0D || at + 1 == count || text[at + 1] != 0x0A {
                        let kind: ViolationKind =
                            byte == 0 ? .nulByte : byte == 0x22 ? .strayQuote : .loneReturn
                        note(kind, at: at, text)
                    }
                }
                if isStopped { return false }
                special &= special - 1
            }
            position += step
        }
        self.position = position
        return false
    }

    /// State: inside quotes.
    private mutating func scanQuoted(_ text: UnsafeBufferPointer<UInt8>, isFinal: Bool) -> Bool {
        while position < text.count {
            let byte = text[position]
            switch byte {
            case 0x22:
                guard position + 1 < text.count || isFinal else { return false }
                guard position + 1 < text.count, text[position + 1] == 0x22 else {
                    return closeQuote(text, isFinal: isFinal)
                }
                hasDoubledQuotes = true
                position += 1
            case 0x0A: line &+= 1
            case 0: note(.nulByte, at: position, text)
            case 0x80...: hasNonASCII = true
            default: break
            }
            if isStopped { return false }
            position += 1
        }
        return false
    }

    /// State: after a closing quote. The next byte ends the cell or reading.
    private mutating func closeQuote(
        _ text: UnsafeBufferPointer<UInt8>, isFinal: Bool
    ) -> Bool {
        let end = position
        let next = end + 1
        let cell = Cell(start: UInt32(cellStart), end: UInt32(end))
        if next == text.count {
            // Happens only at the end of the file.
            appendQuoted(cell)
            lastRowIsUnterminated = true
            appendRow(text, at: next, next: next)
            return false
        }
        switch text[next] {
        case 0x2C:
            appendQuoted(cell)
            (cellStart, position) = (next + 1, next + 1)
            return true
        case 0x0A:
            appendQuoted(cell)
            appendRow(text, at: next, next: next + 1)
            return true
        case 0x0D where next + 1 == text.count && !isFinal:
            return false
        case 0x0D where next + 1 < text.count && text[next + 1] == 0x0A:
            appendQuoted(cell)
            appendRow(text, at: next, next: next + 2)
            return true
        default:
            stop(.textAfterQuote(opened: cellStart - 1), at: next, seenAt: next, text)
            return false
        }
    }

    private mutating func appendQuoted(_ cell: Cell) {
        if hasDoubledQuotes { escapedCells.append(cells.count) }
        cells.append(cell)
        isQuoted = false
    }

    /// Ends an unquoted cell, and with it the row, unless the line is blank.
    private mutating func endRow(_ text: UnsafeBufferPointer<UInt8>, at end: Int, next: Int) {
        if end == rowStart {
            line &+= 1
            rowLine = line
            (rowStart, cellStart) = (next, next)
            return
        }
        cells.append(Cell(start: UInt32(cellStart), end: UInt32(end)))
        appendRow(text, at: end, next: next)
    }

    private mutating func appendRow(_ text: UnsafeBufferPointer<UInt8>, at end: Int, next: Int) {
        guard end - rowStart <= CSVTokenizer.maximumRowByteCount else {
            return stop(.rowTooLong, at: rowStart, seenAt: end, text)
        }
        rows.append(
            Row(
                start: UInt32(rowStart), end: UInt32(end), line: rowLine,
                cellsEnd: UInt32(cells.count)))
        line &+= 1
        rowLine = line
        rowCellsStart = cells.count
        (rowStart, cellStart, position) = (next, next, next)
    }

    // MARK: Faults

    private mutating func note(
        _ kind: ViolationKind, at offset: Int, _ text: UnsafeBufferPointer<UInt8>
    ) {
        guard offset - rowStart <= CSVTokenizer.maximumRowByteCount else {
            return stop(.rowTooLong, at: rowStart, seenAt: offset, text)
        }
        if let last = violations.last, last.row == rows.count { return }
        violations.append(Violation(row: rows.count, kind: kind, offset: offset))
    }

    /// - Parameter seen: How far the row is known to reach. Over the limit, that is the fault,
    ///   regardless of chunk boundaries.
    private mutating func stop(
        _ kind: ViolationKind, at offset: Int, seenAt seen: Int, _ text: UnsafeBufferPointer<UInt8>
    ) {
        isStopped = true
        guard seen - rowStart > CSVTokenizer.maximumRowByteCount else {
            violations.append(Violation(row: rows.count, kind: kind, offset: offset))
            return
        }
        let limit = rowStart + CSVTokenizer.maximumRowByteCount
        var place = rowStart
        let starts = cells[rowCellsStart...].map { Int($0.start) } + [cellStart]
        if let last = starts.last(where: { $0 <= limit }), last > rowStart, text[last - 1] == 0x22 {
            place = last - 1
        }
        violations.append(Violation(row: rows.count, kind: .rowTooLong, offset: place))
    }
}
