import JSONText
import JobModel

/// Collects JSON items as rows of blocks; shared by the two JSON formats, which split the file into
/// items.
///
/// The items' bytes are kept unchanged and cells point into them, except for strings with escapes,
/// whose text is appended. A block therefore also contains each item as written, for the reports.
struct JSONRows: Sendable {
    private static let columnCount = KnownColumn.allCases.count
    /// Columns that may be an object or an array: link fields, the names of `fields`, and
    /// `skip_workflow` in Zoho's form, `["form_workflow"]`.
    private static let structureColumns = KnownColumn.allCases.map {
        $0 == .fields || $0 == .skipWorkflow
    }
    private static let limits = KnownColumn.allCases.map {
        ManifestReader.maximumByteCount(of: .known($0))
    }

    /// A value of a known column within the item in progress.
    private struct Slot {
        var start = RowBlock.absent
        var end = RowBlock.absent
        var isExtra = false
        var type = RowBlock.CellType.text
        var position: TextPosition
    }

    /// The parser's state within an item.
    private enum Expectation {
        case key
        case value(JSONKeys.Meaning, String)
        /// Nesting depth and start of a value.
        case nested(depth: Int, start: TextPosition, JSONKeys.Meaning, String)
    }

    var keys: JSONKeys
    private(set) var diagnostics = DiagnosticList()
    private(set) var rowCount: UInt32
    private(set) var faultyRowCount = 0

    /// The file's bytes from `rawOffset` on.
    private var raw: [UInt8] = []
    private var rawOffset: UInt64 = 0
    /// Texts of strings that had escapes.
    private var extra: [UInt8] = []
    private var slots: [Slot] = []
    /// Start of the current item; nil between items.
    private(set) var itemStart: TextPosition?
    private var isFaulty = false
    /// Whether the item in progress is the object `defaults`.
    private var isDefaults = false
    private var expectation = Expectation.key

    private var block = RowBlock(columnCount: columnCount, firstRow: 1)
    private var rowNumbers: [UInt32] = []
    /// Cells of `block` whose text is in `extra`.
    private var extraCells: [Int] = []

    /// - Parameter rowsBefore: how many rows of the file come before those to be read.
    init(map: ColumnMap, rowsBefore: UInt32 = 0) {
        keys = JSONKeys(map: map)
        rowCount = rowsBefore
    }

    /// Bytes buffered.
    var byteCount: Int { raw.count }

    /// Whether the row limit is reached; reports it.
    var isFull: Bool {
        mutating get {
            guard rowCount == ManifestReader.maximumRows else { return false }
            note(
                "more than \(ManifestReader.maximumRows) rows: split the manifest into several",
                at: nil)
            return true
        }
    }

    // MARK: Bytes

    /// Adds bytes of the file, before the tokens that end in them.
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, at offset: UInt64) {
        if raw.isEmpty { rawOffset = offset }
        raw.append(contentsOf: bytes)
    }

    /// Adds the LF after a line's bytes.
    mutating func appendLineEnding() {
        raw.append(0x0A)
    }

    /// Returns the complete rows and drops all bytes except those of the current item.
    mutating func emitCompleteRows(into blocks: inout [RowBlock]) {
        let kept = itemStart.map { $0.offset - Int(rawOffset) } ?? raw.count
        let tail = Array(raw[kept...])
        if !rowNumbers.isEmpty { appendBlocks(to: &blocks) }
        // Move the current item's texts to the front.
        let firstExtra = slots.filter(\.isExtra).map { Int($0.start) }.min() ?? extra.count
        extra.removeSubrange(..<firstExtra)
        for index in slots.indices where slots[index].start != RowBlock.absent {
            let shift = UInt32(slots[index].isExtra ? firstExtra : kept)
            slots[index].start -= shift
            slots[index].end -= shift
        }
        rawOffset += UInt64(kept)
        raw = tail
    }

    private mutating func appendBlocks(to blocks: inout [RowBlock]) {
        let base = UInt32(raw.count)
        for cell in extraCells {
            block.cellStarts[cell] += base
            block.cellEnds[cell] += base
        }
        block.text = raw
        block.text.append(contentsOf: extra)
        var start = 0
        for index in 1...rowNumbers.count {
            let isGap =
                index == rowNumbers.count || rowNumbers[index] != rowNumbers[index - 1] + 1
            guard isGap else { continue }
            blocks.append(part(start..<index))
            start = index
        }
        block = RowBlock(columnCount: JSONRows.columnCount, firstRow: 1)
        rowNumbers.removeAll(keepingCapacity: true)
        extraCells.removeAll(keepingCapacity: true)
    }

    private func part(_ rows: Range<Int>) -> RowBlock {
        var part = block
        part.firstRow = rowNumbers[rows.lowerBound]
        guard rows.count < rowNumbers.count else { return part }
        let width = JSONRows.columnCount
        let cells = (rows.lowerBound * width)..<(rows.upperBound * width)
        part.cellStarts = Array(block.cellStarts[cells])
        part.cellEnds = Array(block.cellEnds[cells])
        part.cellTypes = Array(block.cellTypes[cells])
        part.cellLines = Array(block.cellLines[cells])
        part.cellColumns = Array(block.cellColumns[cells])
        part.rowLines = Array(block.rowLines[rows])
        part.rowColumns = Array(block.rowColumns[rows])
        part.rowOffsets = Array(block.rowOffsets[rows])
        part.rowByteCounts = Array(block.rowByteCounts[rows])
        part.rowStarts = Array(block.rowStarts[rows])
        return part
    }

    // MARK: Items

    /// The `{` of an item, or of the defaults of all items.
    mutating func begin(at position: TextPosition, asDefaults: Bool = false) {
        isDefaults = asDefaults
        itemStart = position
        isFaulty = false
        expectation = .key
        slots = Array(repeating: Slot(position: position), count: JSONRows.columnCount)
    }

    /// The next token within an item. Returns whether it was the item's end.
    mutating func consume(_ token: JSONToken) -> Bool {
        switch expectation {
        case .key:
            guard case .key(let key) = token.kind else { return true }
            var faults: [String] = []
            let meaning = keys.meaning(of: key) { faults.append($0) }
            for fault in faults { note(fault, at: token.position) }
            if isDefaults, meaning == .carried, faults.isEmpty {
                note(JSONErrorText.unknownDefault(key), at: token.position)
            }
            if case .column(let column) = meaning, slots[column].start != RowBlock.absent {
                let name = SafeText.quoted(KnownColumn.allCases[column].rawValue)
                fail(
                    "key \(SafeText.quoted(key)) gives \(name) a second time: keep one of them",
                    at: token.position)
            }
            expectation = .value(meaning, key)
        case .value(let meaning, let key):
            if token.kind == .beginObject || token.kind == .beginArray {
                expectation = .nested(depth: 1, start: token.position, meaning, key)
            } else {
                consumeScalar(token, meaning, key)
                expectation = .key
            }
        case .nested(let depth, let start, let meaning, let key):
            switch token.kind {
            case .beginObject, .beginArray:
                expectation = .nested(depth: depth + 1, start: start, meaning, key)
            case .endObject where depth > 1, .endArray where depth > 1:
                expectation = .nested(depth: depth - 1, start: start, meaning, key)
            case .endObject, .endArray:
                consumeStructure(from: start, to: token.position, meaning, key)
                expectation = .key
            case .key, .string, .number, .bool, .null: break
            }
        }
        return false
    }

    /// An item's `}`: the row is complete.
    mutating func end(at position: TextPosition) {
        guard let start = itemStart else {
            preconditionFailure("an item ended at \(position) and none had begun")
        }
        let byteCount = position.offset + 1 - start.offset
        itemStart = nil
        defer { slots.removeAll(keepingCapacity: true) }
        rowCount += 1
        guard !isFaulty else {
            faultyRowCount += 1
            return
        }
        for slot in slots {
            if slot.isExtra { extraCells.append(block.cellStarts.count) }
            block.cellStarts.append(slot.start)
            block.cellEnds.append(slot.end)
            block.cellTypes.append(slot.type)
            block.cellLines.append(UInt32(clamping: slot.position.line))
            block.cellColumns.append(UInt32(clamping: slot.position.column))
        }
        rowNumbers.append(rowCount)
        block.rowLines.append(UInt32(clamping: start.line))
        block.rowColumns.append(UInt32(clamping: start.column))
        block.rowOffsets.append(UInt64(start.offset))
        block.rowByteCounts.append(UInt32(clamping: byteCount))
        block.rowStarts.append(UInt32(start.offset - Int(rawOffset)))
    }

    /// A value that is not an item counts as a faulty row.
    mutating func countFaultyRow(_ message: String, at position: TextPosition?) {
        itemStart = nil
        slots.removeAll(keepingCapacity: true)
        note(message, at: position)
        rowCount += 1
        faultyRowCount += 1
    }

    /// A fault of the file.
    mutating func note(
        _ message: String, at position: TextPosition?, _ severity: Diagnostic.Severity = .error
    ) {
        let place = position.map { SourcePosition(line: $0.line, column: $0.column) }
        diagnostics.append(Diagnostic(severity, at: place, message))
    }

    /// A fault of the current item: the first is reported and the row omitted.
    private mutating func fail(_ message: String, at position: TextPosition) {
        if !isFaulty { note(message, at: position) }
        isFaulty = true
    }

    // MARK: Values

    private mutating func consumeScalar(
        _ token: JSONToken, _ meaning: JSONKeys.Meaning, _ key: String
    ) {
        guard case .column(let column) = meaning else { return }
        let offset = token.position.offset - Int(rawOffset)
        switch token.kind {
        case .string(let text): consumeString(text, column, token.position, offset)
        case .number(let number):
            set(column, offset, number.text.utf8.count, .number, token.position)
        case .bool(let value): set(column, offset, value ? 4 : 5, .boolean, token.position)
        case .null:
            fail(
                "key \(SafeText.quoted(key)) is null: give it a value, or leave the key out",
                at: token.position)
        case .beginObject, .endObject, .beginArray, .endArray, .key:
            preconditionFailure("\(token.kind) is not a scalar")
        }
    }

    private mutating func consumeString(
        _ text: String, _ column: Int, _ position: TextPosition, _ offset: Int
    ) {
        var text = text
        let start = offset + 1
        let (count, isAsWritten, hasNUL) = text.withUTF8 { utf8 in
            (
                utf8.count, raw[start...].starts(with: utf8) && raw[start + utf8.count] == 0x22,
                utf8.contains(0)
            )
        }
        if hasNUL {
            let name = SafeText.quoted(KnownColumn.allCases[column].rawValue)
            return fail("the value of \(name) holds a NUL character: remove it", at: position)
        }
        if isAsWritten { return set(column, start, count, .text, position) }
        set(column, extra.count, count, .text, position)
        slots[column].isExtra = true
        extra.append(contentsOf: text.utf8)
    }

    private mutating func consumeStructure(
        from start: TextPosition, to end: TextPosition, _ meaning: JSONKeys.Meaning, _ key: String
    ) {
        guard case .column(let column) = meaning else { return }
        let offset = start.offset - Int(rawOffset)
        guard JSONRows.structureColumns[column] else {
            let what = raw[offset] == 0x7B ? "an object" : "an array"
            return fail("key \(SafeText.quoted(key)) holds \(what), expected a string", at: start)
        }
        set(column, offset, end.offset + 1 - start.offset, .structure, start)
    }

    private mutating func set(
        _ column: Int, _ start: Int, _ count: Int, _ type: RowBlock.CellType,
        _ position: TextPosition
    ) {
        slots[column] = Slot(
            start: UInt32(start), end: UInt32(start + count), type: type, position: position)
        guard count > JSONRows.limits[column] else { return }
        let name = SafeText.quoted(KnownColumn.allCases[column].rawValue)
        fail(JSONErrorText.longValue(count, JSONRows.limits[column], name), at: position)
    }

    /// Turns the current item into defaults; it is not a row.
    mutating func endAsDefaults() -> [ColumnDefault] {
        itemStart = nil
        var defaults: [ColumnDefault] = []
        for (slot, column) in zip(slots, KnownColumn.allCases) where slot.start != RowBlock.absent {
            let source = slot.isExtra ? extra : raw
            defaults.append(
                ColumnDefault(
                    column,
                    String(decoding: source[Int(slot.start)..<Int(slot.end)], as: UTF8.self),
                    type: slot.type))
        }
        slots.removeAll(keepingCapacity: true)
        return defaults
    }
}
