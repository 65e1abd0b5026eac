import JSONText
import JobModel

/// Reads JSON Lines: one object per line, LF or CRLF; lines of white space are no rows.
///
/// Lines are independent: a fault omits one row, and reading continues. Only a line over the row
/// limit ends reading.
struct JSONLinesReader: ManifestFormatReader {
    private var rows: JSONRows
    private var line = 1
    /// The incomplete line and its offset in the file.
    private var pending: [UInt8] = []
    private var lineOffset: Int
    private var tokens: [JSONToken] = []
    private(set) var isStopped = false

    /// - Parameter offset: where in the file the bytes start, behind a byte order mark.
    init(map: ColumnMap, offset: UInt64 = 0) {
        rows = JSONRows(map: map)
        lineOffset = Int(offset)
        for entry in map.entries {
            if case .linkField(let name, _) = entry.meaning {
                rows.note(JSONErrorText.mappedLinkField(name), at: nil)
            }
        }
    }

    var columns: ManifestColumns? { JSONKeys.columns }
    var defaults: [ColumnDefault] { [] }
    var diagnostics: DiagnosticList { rows.diagnostics }
    var rowCount: UInt32 { rows.rowCount }
    var faultyRowCount: Int { rows.faultyRowCount }
    /// A closed object is complete even without a line end.
    var lastRowIsUnterminated: Bool { false }

    mutating func push(_ bytes: UnsafeBufferPointer<UInt8>, into blocks: inout [RowBlock]) {
        var start = 0
        while start < bytes.count, !isStopped {
            let rest = UnsafeBufferPointer(rebasing: bytes[start...])
            guard let end = rest.firstIndex(of: 0x0A) else {
                pending.append(contentsOf: rest)
                if pending.count > CSVTokenizer.maximumRowByteCount { stopAtLongLine() }
                break
            }
            let part = UnsafeBufferPointer(rebasing: rest[..<end])
            if pending.isEmpty {
                readLine(part)
            } else {
                pending.append(contentsOf: part)
                let whole = pending
                pending.removeAll(keepingCapacity: true)
                whole.withUnsafeBufferPointer { readLine($0) }
            }
            line += 1
            start += end + 1
            if rows.byteCount > CSVReader.pieceByteCount { rows.emitCompleteRows(into: &blocks) }
        }
        rows.emitCompleteRows(into: &blocks)
    }

    mutating func finish(into blocks: inout [RowBlock]) {
        guard !isStopped else { return }
        if !pending.isEmpty {
            let whole = pending
            whole.withUnsafeBufferPointer { readLine($0) }
        }
        rows.emitCompleteRows(into: &blocks)
        guard !isStopped else { return }
        if rows.rowCount == 0 {
            rows.note("the file is empty: expected one JSON object a line", at: nil)
        } else {
            for entry in rows.keys.unseen { rows.note(JSONErrorText.unmapped(entry), at: nil) }
        }
    }

    /// Reads one line, without its LF.
    private mutating func readLine(_ bytes: UnsafeBufferPointer<UInt8>) {
        let offset = lineOffset
        lineOffset += bytes.count + 1
        if bytes.count > CSVTokenizer.maximumRowByteCount {
            lineOffset = offset
            return stopAtLongLine()
        }
        rows.append(bytes, at: UInt64(offset))
        rows.appendLineEnding()
        var tokenizer = JSONTokenizer()
        var failure: JSONError?
        do throws(JSONError) {
            try tokenizer.feed(bytes, into: &tokens)
            try tokenizer.finish(into: &tokens)
        } catch {
            failure = error
        }
        defer { tokens.removeAll(keepingCapacity: true) }
        if let failure {
            if case .empty = failure.kind { return }
            let place = moved(failure.position, by: offset)
            let message = JSONErrorText.lineMessage(of: failure.kind, offset: place.offset)
            return rows.countFaultyRow(message, at: place)
        }
        consumeTokens(offset)
        if rows.isFull { isStopped = true }
    }

    private mutating func consumeTokens(_ offset: Int) {
        for (index, token) in tokens.enumerated() {
            let token = JSONToken(token.kind, at: moved(token.position, by: offset))
            if index == 0 {
                guard token.kind == .beginObject else {
                    return rows.countFaultyRow(
                        "the line holds \(JSONErrorText.name(of: token)), expected an object",
                        at: token.position)
                }
                rows.begin(at: token.position)
            } else if rows.consume(token) {
                rows.end(at: token.position)
            }
        }
    }

    private func moved(_ position: TextPosition, by offset: Int) -> TextPosition {
        TextPosition(
            line: line, column: position.column, offset: position.offset + offset)
    }

    private mutating func stopAtLongLine() {
        isStopped = true
        rows.note(
            JSONErrorText.longItem, at: TextPosition(line: line, column: 1, offset: lineOffset))
    }
}
