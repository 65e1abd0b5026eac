import JSONText
import JobModel

/// Why a line with a valid checksum cannot be decoded.
struct RecordDecodingError: Error, Equatable {
    var text: String
}

/// Reads records of every version from the tree of their line.
///
/// Slow and general: `FastRecordDecoder` reads the lines that this build writes, and hands all
/// other lines to this type.
struct RecordDecoding {
    private let members: JSONObject

    static func record(of line: UnsafeBufferPointer<UInt8>) throws(RecordDecodingError)
        -> JournalRecord
    {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONTree.parse(line)
        } catch {
            let words = SafeText.sanitised(error.message)
            throw RecordDecodingError(text: "column \(error.position.column): \(words)")
        }
        guard let members = value.object else {
            throw RecordDecodingError(text: "the line is \(value.kindName), expected an object")
        }
        return try RecordDecoding(members: members).record()
    }

    private func record() throws(RecordDecodingError) -> JournalRecord {
        let name: String = try text("record")
        switch name {
        case "run": return .run(try header())
        case "planned":
            return .planned(
                PlannedCounts(
                    rows: try integer("rows"), items: try integer("items"),
                    duplicates: try integer("duplicates"), skipped: try integer("skipped"),
                    calls: try integer("calls")))
        case "session":
            return .session(
                SessionRecord(
                    number: try integer("session"), at: try text("at"), clock: try clock(),
                    processID: try integer("pid"), host: try text("host"),
                    invocation: try text("invocation", default: ""),
                    overriddenHalt: try overriddenHalt(),
                    timeoutMilliseconds: try integer("timeout", default: 0)))
        case "call": return .call(try call())
        case "attempt":
            return .attempt(
                AttemptRecord(
                    call: try callNumber("call"), attempt: try integer("attempt"),
                    atMilliseconds: try milliseconds("ms"), rows: try rows()))
        case "answer": return .answer(try answer())
        case "kind-stopped":
            return .kindStopped(
                KindStoppedRecord(
                    kind: try kind(), status: try integer("status", default: 0),
                    code: try text("code", default: ""), message: try text("said", default: "")))
        case "blocked": return .blocked(try blocked())
        case "reopened":
            var outcomes: [OutcomeKind] = []
            for element in try array("outcomes") {
                outcomes.append(try Self.outcomeKind(element.string))
            }
            return .reopened(ReopenedRecord(outcomes: outcomes))
        case "halt": return .halt(try halt())
        case "stop":
            return .stop(
                StopRecord(
                    state: try word("state"), reason: try word("reason"),
                    text: try text("text", default: ""),
                    exit: Int32(truncatingIfNeeded: try integer("exit")),
                    atMilliseconds: try milliseconds("ms")))
        case "abandoned":
            return .abandoned(AbandonedRecord(at: try text("at"), user: try text("user")))
        default:
            throw RecordDecodingError(text: "there is no record named \(SafeText.quoted(name))")
        }
    }

    private func header() throws(RecordDecodingError) -> RunHeader {
        let version = try integer("version")
        guard version <= RunHeader.currentVersion else {
            throw RecordDecodingError(
                text: "it was written by a newer relsweep in format version \(version), "
                    + "this one reads up to \(RunHeader.currentVersion)")
        }
        guard let manifest = members["manifest"]?.object else {
            throw wrong("manifest", "an object")
        }
        let about = RecordDecoding(members: manifest)
        var pinned: [PinnedSetting] = []
        for element in try array("pinned") {
            guard let setting = element.object else { throw wrong("pinned", "a list of objects") }
            let reader = RecordDecoding(members: setting)
            pinned.append(PinnedSetting(try reader.text("name"), try reader.text("value")))
        }
        return RunHeader(
            version: version, run: try text("run"), job: try text("job"),
            tool: try text("tool"), startedAt: try text("startedAt"), user: try text("user"),
            host: try text("host"), invocation: try text("invocation", default: ""),
            source: try text("source"), manifestFormat: try about.text("format"),
            manifestDigest: try about.text("sha256"), manifestByteCount: try about.integer("bytes"),
            pinned: pinned)
    }

    /// Larger than any number of rows, calls or bytes, and small enough to be summed.
    static let maximumInteger: UInt = 1 << 40
    /// Larger than any call number, with room for the next one.
    static let maximumCall: UInt32 = 1 << 28

    private func callNumber(_ key: String) throws(RecordDecodingError) -> UInt32 {
        let number = try small(key)
        guard number <= RecordDecoding.maximumCall else { throw wrong(key, "a number up to 2^28") }
        return number
    }

    /// The clock of a session; older journals have none.
    private func clock() throws(RecordDecodingError) -> SessionClock? {
        guard members["boot"] != nil else { return nil }
        return SessionClock(
            bootID: try text("boot"), monotonicMilliseconds: try milliseconds("monotonic"),
            wallMilliseconds: try milliseconds("ms"))
    }

    private func overriddenHalt() throws(RecordDecodingError) -> UInt64? {
        guard members["overridesHalt"] != nil else { return nil }
        let number = try integer("overridesHalt")
        guard number > 0 else { throw wrong("overridesHalt", "the number of a halt") }
        return UInt64(number)
    }

    private func halt() throws(RecordDecodingError) -> HaltRecord {
        let reason: StopReason = try word("reason")
        guard reason.state == .halted else { throw wrong("reason", "a reason that halts a run") }
        return HaltRecord(
            reason: reason, text: try text("text", default: ""),
            atMilliseconds: try milliseconds("ms"))
    }

    private func call() throws(RecordDecodingError) -> CallRecord {
        let step = try step()
        // A Creator report has no record id, and rounds and pages name no related one.
        let related = step == nil ? try ids("related") : []
        let parent = step != nil && members["parent"] == nil ? 0 : try id("parent")
        guard let rows = try rows() else { throw wrong("rows", "a list of row numbers") }
        guard rows.count == related.count || step != nil else {
            throw wrong("related", "as many ids as there are rows (\(rows.count))")
        }
        guard rows.count == 1 || step == nil else { throw wrong("rows", "one row") }
        return CallRecord(
            call: try callNumber("call"),
            parentCall: members["parentCall"] == nil ? nil : try callNumber("parentCall"),
            kind: try kind(), direction: try word("end"), parent: parent, rows: rows,
            related: related, step: step)
    }

    private func step() throws(RecordDecodingError) -> LaneStep? {
        if members["page"] != nil { return .page(try integer("page")) }
        if members["readBack"] != nil { return .readBack(try id("readBack")) }
        guard members["round"] != nil else { return nil }
        let round = try integer("round")
        let excluded = try ids("excluded", default: [])
        if try flag("lists") { return .listing(round: round, excluded: excluded) }
        return .round(
            round, excluded: excluded,
            explicitIDs: members["pinned"] == nil ? nil : try ids("pinned"))
    }

    private func answer() throws(RecordDecodingError) -> AnswerRecord {
        var outcomes: [OutcomeGroup] = []
        for reader in try objects("outcomes") { outcomes.append(try reader.outcomeGroup()) }
        return AnswerRecord(
            call: try callNumber("call"), attempt: try integer("attempt"),
            atMilliseconds: try milliseconds("ms"), verdict: try word("verdict"),
            status: try integer("status", default: 0), code: try text("code", default: ""),
            message: try text("said", default: ""), leavesDoubt: try flag("leavesDoubt"),
            pauseMilliseconds: try integer("pause", default: 0), outcomes: outcomes,
            refusesKind: try flag("refusesKind"),
            records: try object("records")?.roundRecords(), page: try object("page")?.page())
    }

    private func roundRecords() throws(RecordDecodingError) -> RoundRecords {
        var undeletable: [UndeletableRecord] = []
        for reader in try objects("undeletable") {
            undeletable.append(
                UndeletableRecord(
                    id: try reader.id("id"), code: try reader.text("code", default: ""),
                    message: try reader.text("said", default: "")))
        }
        var records = RoundRecords(
            deleted: try ids("deleted", default: []), undeletable: undeletable,
            gone: try ids("gone", default: []), unaccounted: try integer("unaccounted", default: 0),
            moreRecords: members["more"] == nil ? nil : try flag("more"))
        records.foreign = try integer("foreign", default: 0)
        return records
    }

    private func page() throws(RecordDecodingError) -> PageRecord {
        var children: [ChildRecord] = []
        for reader in try objects("children") {
            children.append(
                ChildRecord(id: try reader.id("id"), fields: try reader.text("fields", default: ""))
            )
        }
        return PageRecord(
            page: try integer("number"), children: children,
            moreRecords: members["more"] == nil ? nil : try flag("more"))
    }

    private func blocked() throws(RecordDecodingError) -> BlockedRecord {
        guard let outcome = members["outcome"]?.object else { throw wrong("outcome", "an object") }
        guard let rows = try rows() else { throw wrong("rows", "a list of row numbers") }
        return BlockedRecord(
            kind: try kind(),
            outcome: try RecordDecoding(members: outcome).outcomeGroup().outcome, rows: rows)
    }

    private func outcomeGroup() throws(RecordDecodingError) -> OutcomeGroup {
        var outcome = Outcome(
            kind: try Self.outcomeKind(members["outcome"]?.string),
            status: try integer("status", default: 0), code: try text("code", default: ""),
            message: try text("said", default: ""), isAfterDoubt: try flag("afterDoubt"))
        outcome.isRecordDeleted = try flag("recordDeleted")
        return OutcomeGroup(outcome: outcome, rows: try rows())
    }

    private static func outcomeKind(_ word: String?) throws(RecordDecodingError) -> OutcomeKind {
        guard let word, let kind = OutcomeKind(word: word) else {
            throw RecordDecodingError(text: "\(SafeText.quoted(word ?? "")) is no outcome")
        }
        return kind
    }

    // MARK: Members

    private func wrong(_ key: String, _ expected: String) -> RecordDecodingError {
        let found = members[key].map { JSONWriter.text(of: $0) } ?? "nothing"
        let shown = SafeText.sanitised(found, maximumByteCount: 80)
        return RecordDecodingError(text: "\"\(key)\" is \(shown), expected \(expected)")
    }

    private func text(
        _ key: String, default usual: String? = nil
    ) throws(RecordDecodingError) -> String {
        if let text = members[key]?.string { return text }
        if members[key] == nil, let usual { return usual }
        throw wrong(key, "a string")
    }

    private func integer(
        _ key: String, default usual: Int? = nil
    ) throws(RecordDecodingError) -> Int {
        if members[key] == nil, let usual { return usual }
        guard let value = members[key]?.number?.int,
            value.magnitude <= RecordDecoding.maximumInteger
        else { throw wrong(key, "an integer below 2^40") }
        return value
    }

    private func small(_ key: String) throws(RecordDecodingError) -> UInt32 {
        guard let value = UInt32(exactly: try integer(key)) else {
            throw wrong(key, "a number below 2^32")
        }
        return value
    }

    private func milliseconds(_ key: String) throws(RecordDecodingError) -> Int64 {
        guard let value = members[key]?.number?.int,
            value.magnitude <= SessionClock.maximumMilliseconds
        else { throw wrong(key, "milliseconds since 1970") }
        return Int64(value)
    }

    private func flag(_ key: String) throws(RecordDecodingError) -> Bool {
        guard let value = members[key] else { return false }
        guard let flag = value.bool else { throw wrong(key, "true or false") }
        return flag
    }

    private func array(_ key: String) throws(RecordDecodingError) -> [JSONValue] {
        guard let array = members[key]?.array else { throw wrong(key, "a list") }
        return array
    }

    /// The elements of a list of objects; none where the member is left out.
    private func objects(_ key: String) throws(RecordDecodingError) -> [RecordDecoding] {
        var readers: [RecordDecoding] = []
        for element in members[key] == nil ? [] : try array(key) {
            guard let object = element.object else { throw wrong(key, "a list of objects") }
            readers.append(RecordDecoding(members: object))
        }
        return readers
    }

    private func object(_ key: String) throws(RecordDecodingError) -> RecordDecoding? {
        guard let value = members[key] else { return nil }
        guard let object = value.object else { throw wrong(key, "an object") }
        return RecordDecoding(members: object)
    }

    private func id(_ key: String) throws(RecordDecodingError) -> UInt64 {
        guard let id = RecordID(try text(key)) else { throw wrong(key, "an id") }
        return id.value
    }

    private func ids(
        _ key: String, default usual: [UInt64]? = nil
    ) throws(RecordDecodingError) -> [UInt64] {
        if members[key] == nil, let usual { return usual }
        var ids: [UInt64] = []
        for element in try array(key) {
            guard let id = element.string.flatMap({ RecordID($0) }) else {
                throw wrong(key, "a list of ids as strings")
            }
            ids.append(id.value)
        }
        return ids
    }

    private func rows() throws(RecordDecodingError) -> [UInt32]? {
        if members["rows"] == nil { return nil }
        var rows: [UInt32] = []
        for element in try array("rows") {
            guard let row = element.number?.uint64.flatMap({ UInt32(exactly: $0) }), row > 0 else {
                throw wrong("rows", "a list of row numbers")
            }
            rows.append(row)
        }
        return rows
    }

    private func word<Word: RawRepresentable<String>>(
        _ key: String
    ) throws(RecordDecodingError) -> Word {
        guard let word = Word(rawValue: try text(key)) else { throw wrong(key, "a known word") }
        return word
    }

    private func kind() throws(RecordDecodingError) -> RelationKind {
        guard let kind = RelationKind(journalText: try text("kind")) else {
            throw wrong("kind", "operation module/list")
        }
        return kind
    }
}

extension RelationKind {
    /// Reads the form `delink Campaigns/Leads`.
    init?(journalText text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let operation = Operation(rawValue: String(parts[0])) else {
            return nil
        }
        let names = parts[1].split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, let module = APIName(String(names[0])),
            let list = APIName(String(names[1]))
        else { return nil }
        self.init(operation: operation, module: module, relatedList: list)
    }
}
