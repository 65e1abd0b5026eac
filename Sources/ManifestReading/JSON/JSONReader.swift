import JSONText
import JobModel

/// Reads an array of objects, or `{"defaults": {…}, "items": […]}`, incrementally.
///
/// `defaults` must precede `items`, because rows are returned while the file is being read. A fault
/// of one item (an unexpected value, two spellings of a key) omits that item; a grammar error,
/// including a duplicate key, ends reading, because the start of the next item is unknown.
struct JSONReader: ManifestFormatReader {
    /// Bytes tokenised at once.
    private static let pieceByteCount = 256 << 10

    /// The parser's state.
    private enum Place {
        case start, rootKey
        /// The value of a key of the outer object.
        case rootValue(String)
        case items, item, defaults
        /// Nesting depth inside a value that is not an item.
        case foreign(depth: Int)
        case done
    }

    private var tokenizer = JSONTokenizer()
    private var rows: JSONRows
    private var place = Place.start
    private var hasRoot = false
    private var hasItems = false
    private var offset: UInt64 = 0
    private var tokens: [JSONToken] = []
    private(set) var defaults: [ColumnDefault] = []
    private(set) var isStopped = false

    init(map: ColumnMap) {
        rows = JSONRows(map: map)
        for entry in map.entries {
            if case .linkField(let name, _) = entry.meaning {
                rows.note(JSONErrorText.mappedLinkField(name), at: nil)
            }
        }
    }

    var columns: ManifestColumns? { JSONKeys.columns }
    var diagnostics: DiagnosticList { rows.diagnostics }
    var rowCount: UInt32 { rows.rowCount }
    var faultyRowCount: Int { rows.faultyRowCount }
    var lastRowIsUnterminated: Bool { false }

    mutating func push(_ bytes: UnsafeBufferPointer<UInt8>, into blocks: inout [RowBlock]) {
        var start = 0
        while start < bytes.count, !isStopped {
            let end = min(bytes.count, start + JSONReader.pieceByteCount)
            let piece = UnsafeBufferPointer(rebasing: bytes[start..<end])
            rows.append(piece, at: offset)
            offset += UInt64(piece.count)
            var failure: JSONError?
            do throws(JSONError) {
                try tokenizer.feed(piece, into: &tokens)
            } catch {
                failure = error
            }
            consumeTokens()
            if !isStopped { checkItemLength(until: failure.map(JSONReader.reach) ?? Int(offset)) }
            if let failure, !isStopped { stop(failure) }
            rows.emitCompleteRows(into: &blocks)
            start = end
        }
    }

    mutating func finish(into blocks: inout [RowBlock]) {
        guard !isStopped else { return }
        do throws(JSONError) {
            try tokenizer.finish(into: &tokens)
            consumeTokens()
        } catch {
            consumeTokens()
            return stop(error)
        }
        rows.emitCompleteRows(into: &blocks)
        guard !isStopped else { return }
        if hasRoot, !hasItems {
            rows.note("the key \"items\" is missing: \(JSONErrorText.expected)", at: nil)
            return
        }
        if rows.rowCount == 0 {
            rows.note("the file has no items", at: nil, .warning)
        } else {
            for entry in rows.keys.unseen { rows.note(JSONErrorText.unmapped(entry), at: nil) }
        }
    }

    private mutating func stop(_ error: JSONError) {
        isStopped = true
        if case .empty = error.kind {
            return rows.note("the file is empty: \(JSONErrorText.expected)", at: nil)
        }
        let message = JSONErrorText.message(of: error.kind, offset: error.position.offset)
        rows.note(message, at: error.position)
    }

    /// How far a text with this error is known to reach.
    private static func reach(_ error: JSONError) -> Int {
        if case .tooLong(let limit) = error.kind { return error.position.offset + limit }
        return error.position.offset
    }

    /// Ends reading if the incomplete item exceeds its limit before `offset`, regardless of later
    /// faults, so that chunk boundaries do not affect the message.
    private mutating func checkItemLength(until offset: Int) {
        guard let start = rows.itemStart,
            offset - start.offset > CSVTokenizer.maximumRowByteCount
        else { return }
        isStopped = true
        rows.note(JSONErrorText.longItem, at: start)
    }

    // MARK: Tokens

    private mutating func consumeTokens() {
        for token in tokens {
            checkItemLength(until: token.position.offset + 1)
            if isStopped { break }
            consume(token)
        }
        tokens.removeAll(keepingCapacity: true)
    }

    private mutating func consume(_ token: JSONToken) {
        switch place {
        case .start: consumeRoot(token)
        case .rootKey: consumeRootKey(token)
        case .rootValue(let key): consumeRootValue(token, of: key)
        case .items: consumeElement(token)
        case .item:
            guard rows.consume(token) else { return }
            rows.end(at: token.position)
            place = .items
            if rows.isFull { isStopped = true }
        case .defaults:
            guard rows.consume(token) else { return }
            defaults = rows.endAsDefaults()
            place = .rootKey
        case .foreign(let depth): consumeForeign(token, depth)
        case .done: break
        }
    }

    private mutating func consumeRoot(_ token: JSONToken) {
        switch token.kind {
        case .beginArray: place = .items
        case .beginObject:
            hasRoot = true
            place = .rootKey
        default:
            isStopped = true
            rows.note(
                "found \(JSONErrorText.name(of: token)), \(JSONErrorText.expected)",
                at: token.position)
        }
    }

    private mutating func consumeRootKey(_ token: JSONToken) {
        guard case .key(let key) = token.kind else {
            place = .done
            return
        }
        guard key == "defaults" || key == "items" else {
            isStopped = true
            return rows.note(JSONErrorText.unknownRootKey(key), at: token.position)
        }
        if key == "defaults", hasItems {
            isStopped = true
            return rows.note(
                "\"defaults\" must come before \"items\": move it there", at: token.position)
        }
        place = .rootValue(key)
    }

    private mutating func consumeRootValue(_ token: JSONToken, of key: String) {
        switch (key, token.kind) {
        case ("items", .beginArray):
            hasItems = true
            place = .items
        case ("defaults", .beginObject):
            rows.begin(at: token.position, asDefaults: true)
            place = .defaults
        default:
            isStopped = true
            let expected = key == "items" ? "an array of objects" : "an object"
            rows.note(
                "\"\(key)\" is \(JSONErrorText.name(of: token)), expected \(expected)",
                at: token.position)
        }
    }

    private mutating func consumeElement(_ token: JSONToken) {
        switch token.kind {
        case .beginObject:
            rows.begin(at: token.position)
            place = .item
        case .endArray: place = hasRoot ? .rootKey : .done
        default:
            rows.countFaultyRow(
                "the item is \(JSONErrorText.name(of: token)), expected an object",
                at: token.position)
            if case .beginArray = token.kind { place = .foreign(depth: 1) }
        }
    }

    private mutating func consumeForeign(_ token: JSONToken, _ depth: Int) {
        switch token.kind {
        case .beginArray, .beginObject: place = .foreign(depth: depth + 1)
        case .endArray, .endObject: place = depth == 1 ? .items : .foreign(depth: depth - 1)
        case .key, .string, .number, .bool, .null: break
        }
    }
}
