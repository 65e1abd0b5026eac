import JobModel

/// Reads a line that this build wrote, without a tree: the order of members is known, so a record
/// is a walk over its bytes.
///
/// Returns nil for anything unexpected, and `RecordDecoding` decides. The tests compare the two.
struct FastRecordDecoder {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    /// The kind of the last call read, by its bytes: nearly every call has the kind of the one
    /// before.
    struct KindMemory {
        fileprivate var text: [UInt8] = []
        fileprivate var kind: RelationKind?
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Reads the fixed beginning of a line; nil if it does not match.
    mutating func sequences() -> (sequence: UInt64, durable: UInt64)? {
        guard literal("{\"seq\":"), let sequence = number(), literal(",\"durable\":"),
            let durable = number(), literal(",\"record\":\""), durable < sequence
        else { return nil }
        return (sequence, durable)
    }

    /// Reads the rest after `sequences()`; nil if the general decoder is needed.
    mutating func record(_ memory: inout KindMemory) -> JournalRecord? {
        if literal("attempt\"") { return attempt() }
        if literal("answer\"") { return answer() }
        if literal("call\"") { return call(&memory) }
        return nil
    }

    private mutating func attempt() -> JournalRecord? {
        guard literal(",\"call\":"), let call = callNumber(), literal(",\"attempt\":"),
            let attempt = count(), literal(",\"ms\":"), let milliseconds = milliseconds()
        else { return nil }
        var rows: [UInt32]?
        if literal(",\"rows\":") {
            rows = smalls()
            if rows == nil { return nil }
        }
        guard isAtEnd else { return nil }
        return .attempt(
            AttemptRecord(
                call: call, attempt: attempt, atMilliseconds: milliseconds, rows: rows))
    }

    private mutating func call(_ memory: inout KindMemory) -> JournalRecord? {
        guard literal(",\"call\":"), let call = callNumber() else { return nil }
        var parentCall: UInt32?
        if literal(",\"parentCall\":") {
            parentCall = callNumber()
            if parentCall == nil { return nil }
        }
        guard literal(",\"kind\":\""), let kind = kind(&memory), literal(",\"end\":\""),
            let end = direction()
        else { return nil }
        var parent: UInt64 = 0
        if literal(",\"parent\":\"") {
            guard let id = number(), id > 0, literal("\"") else { return nil }
            parent = id
        }
        guard literal(",\"rows\":"), let rows = smalls() else { return nil }
        var related: [UInt64] = []
        var step: LaneStep?
        if literal(",\"related\":") {
            guard let ids = ids(capacity: rows.count), ids.count == rows.count, parent > 0 else {
                return nil
            }
            related = ids
        } else {
            step = self.step()
            if step == nil || rows.count != 1 { return nil }
        }
        guard isAtEnd else { return nil }
        return .call(
            CallRecord(
                call: call, parentCall: parentCall, kind: kind, direction: end, parent: parent,
                rows: rows, related: related, step: step))
    }

    private mutating func step() -> LaneStep? {
        if literal(",\"page\":") { return count().map { .page($0) } }
        if literal(",\"readBack\":\"") {
            guard let id = number(), id > 0, literal("\"") else { return nil }
            return .readBack(id)
        }
        guard literal(",\"round\":"), let round = count() else { return nil }
        var excluded: [UInt64] = []
        if literal(",\"excluded\":") {
            guard let ids = ids(capacity: 8) else { return nil }
            excluded = ids
        }
        if literal(",\"lists\":true") { return .listing(round: round, excluded: excluded) }
        guard literal(",\"pinned\":") else {
            return .round(round, excluded: excluded, explicitIDs: nil)
        }
        return ids(capacity: 200).map { .round(round, excluded: excluded, explicitIDs: $0) }
    }

    private mutating func answer() -> JournalRecord? {
        guard literal(",\"call\":"), let call = callNumber(), literal(",\"attempt\":"),
            let attempt = count(), literal(",\"ms\":"), let milliseconds = milliseconds(),
            literal(",\"verdict\":\""), let verdict = verdict(), let words = words()
        else { return nil }
        let leavesDoubt = literal(",\"leavesDoubt\":true")
        var pause = 0
        if literal(",\"pause\":") {
            guard let milliseconds = count() else { return nil }
            pause = milliseconds
        }
        var outcomes: [OutcomeGroup] = []
        if literal(",\"outcomes\":[") {
            repeat {
                guard let group = outcomeGroup() else { return nil }
                outcomes.append(group)
            } while literal(",")
            guard literal("]") else { return nil }
        }
        let refusesKind = literal(",\"refusesKind\":true")
        var records: RoundRecords?
        if literal(",\"records\":{") {
            records = roundRecords()
            if records == nil { return nil }
        }
        // The fields of pages contain many escapes and are left to the general decoder.
        guard isAtEnd else { return nil }
        return .answer(
            AnswerRecord(
                call: call, attempt: attempt, atMilliseconds: milliseconds,
                verdict: verdict, status: words.status, code: words.code, message: words.said,
                leavesDoubt: leavesDoubt, pauseMilliseconds: pause, outcomes: outcomes,
                refusesKind: refusesKind, records: records))
    }

    /// Behind the opening brace. Undeletable records are for the general reader.
    private mutating func roundRecords() -> RoundRecords? {
        var records = RoundRecords()
        if member("\"deleted\":") {
            guard let ids = ids(capacity: 200) else { return nil }
            records.deleted = ids
        }
        if member("\"gone\":") {
            guard let ids = ids(capacity: 200) else { return nil }
            records.gone = ids
        }
        if member("\"unaccounted\":") {
            guard let count = count() else { return nil }
            records.unaccounted = count
        }
        if member("\"more\":true") {
            records.moreRecords = true
        } else if member("\"more\":false") {
            records.moreRecords = false
        }
        return literal("}") ? records : nil
    }

    /// A key or whole member, with the comma before it.
    private mutating func member(_ text: StaticString) -> Bool {
        let start = index
        if bytes[start - 1] == UInt8(ascii: "{") || literal(",") {
            if literal(text) { return true }
        }
        index = start
        return false
    }

    private mutating func outcomeGroup() -> OutcomeGroup? {
        guard literal("{\"outcome\":\""), let kind = outcomeKind(), let words = words() else {
            return nil
        }
        let isAfterDoubt = literal(",\"afterDoubt\":true")
        let isRecordDeleted = literal(",\"recordDeleted\":true")
        var rows: [UInt32]?
        if literal(",\"rows\":") {
            rows = smalls()
            if rows == nil { return nil }
        }
        guard literal("}") else { return nil }
        var outcome = Outcome(
            kind: kind, status: words.status, code: words.code, message: words.said,
            isAfterDoubt: isAfterDoubt)
        outcome.isRecordDeleted = isRecordDeleted
        return OutcomeGroup(outcome: outcome, rows: rows)
    }

    // MARK: Words

    private mutating func words() -> (status: Int, code: String, said: String)? {
        var status = 0
        var code = ""
        var message = ""
        if literal(",\"status\":") {
            guard let value = count() else { return nil }
            status = value
        }
        if literal(",\"code\":\"") {
            guard let text = text() else { return nil }
            code = text
        }
        if literal(",\"said\":\"") {
            guard let text = text() else { return nil }
            message = text
        }
        return (status, code, message)
    }

    private mutating func kind(_ memory: inout KindMemory) -> RelationKind? {
        guard let part = quoted() else { return nil }
        if let kind = memory.kind, memory.text.elementsEqual(part) { return kind }
        guard let kind = RelationKind(journalText: String(decoding: part, as: UTF8.self)) else {
            return nil
        }
        memory.text = Array(part)
        memory.kind = kind
        return kind
    }

    private mutating func direction() -> CallDirection? {
        if literal("as-written\"") { return .asWritten }
        if literal("turned-round\"") { return .reversed }
        return nil
    }

    private mutating func verdict() -> AnswerVerdict? {
        if literal("settled\"") { return .settled }
        return text().flatMap { AnswerVerdict(rawValue: $0) }
    }

    private mutating func outcomeKind() -> OutcomeKind? {
        if literal("removed\"") { return .removed }
        return text().flatMap { OutcomeKind(word: $0) }
    }

    // MARK: Bytes

    private var isAtEnd: Bool { index == bytes.count }

    private mutating func literal(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard index + count <= bytes.count else { return false }
        let start = text.utf8Start
        for offset in 0..<count where start[offset] != bytes[index &+ offset] { return false }
        index += count
        return true
    }

    /// The bytes up to the closing quote, which is consumed; nil if there is an escape.
    private mutating func quoted() -> Slice<UnsafeBufferPointer<UInt8>>? {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\") { return nil }
            index &+= 1
            if byte == UInt8(ascii: "\"") { return bytes[start..<index - 1] }
        }
        return nil
    }

    /// Control characters and broken UTF-8 are no JSON: the general reader refuses them, so they
    /// must not pass here either.
    private mutating func text() -> String? {
        guard let part = quoted() else { return nil }
        let bytes = UnsafeBufferPointer(rebasing: part)
        for byte in bytes where byte < 0x20 { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A canonical decimal.
    private mutating func number() -> UInt64? {
        let start = index
        var value: UInt64 = 0
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            if digit > 9 { break }
            // Up to 19 digits cannot overflow; a 20th may.
            if index &- start >= 19 {
                let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
                let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
                if overflowed || carried { return nil }
                value = sum
            } else {
                value = value &* 10 &+ UInt64(digit)
            }
            index &+= 1
        }
        let length = index - start
        return length == 0 || (bytes[start] == 0x30 && length > 1) ? nil : value
    }

    /// Larger numbers are left to the general decoder, which rejects them.
    private mutating func count() -> Int? {
        number().flatMap { $0 <= RecordDecoding.maximumInteger ? Int($0) : nil }
    }

    private mutating func callNumber() -> UInt32? {
        small().flatMap { $0 <= RecordDecoding.maximumCall ? $0 : nil }
    }

    /// Milliseconds since 1970; anything else is left to the general decoder.
    private mutating func milliseconds() -> Int64? {
        number().flatMap { $0 <= SessionClock.maximumMilliseconds ? Int64($0) : nil }
    }

    private mutating func small() -> UInt32? { number().flatMap { UInt32(exactly: $0) } }

    /// Row numbers: from 1.
    private mutating func smalls() -> [UInt32]? {
        guard literal("[") else { return nil }
        var values: [UInt32] = []
        if literal("]") { return values }
        values.reserveCapacity(min(100, (bytes.count - index) / 2))
        while index < bytes.count {
            guard let value = small(), value > 0, index < bytes.count else { return nil }
            values.append(value)
            let byte = bytes[index]
            index &+= 1
            if byte == UInt8(ascii: "]") { return values }
            if byte != UInt8(ascii: ",") { return nil }
        }
        return nil
    }

    private mutating func ids(capacity: Int) -> [UInt64]? {
        guard literal("[") else { return nil }
        var values: [UInt64] = []
        if literal("]") { return values }
        values.reserveCapacity(capacity)
        while index + 1 < bytes.count {
            guard bytes[index] == UInt8(ascii: "\"") else { return nil }
            index &+= 1
            guard let value = number(), value > 0, index + 1 < bytes.count,
                bytes[index] == UInt8(ascii: "\"")
            else { return nil }
            values.append(value)
            let byte = bytes[index + 1]
            index &+= 2
            if byte == UInt8(ascii: "]") { return values }
            if byte != UInt8(ascii: ",") { return nil }
        }
        return nil
    }
}
