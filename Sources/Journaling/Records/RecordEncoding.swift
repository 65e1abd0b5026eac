import JSONText
import JobModel

/// Writes the members of each record, in the order that `FastRecordDecoder` expects.
enum RecordEncoding {
    static func write(_ record: JournalRecord, to writer: inout JSONWriter) {
        switch record {
        case .run(let header): write(header, to: &writer)
        case .planned(let counts):
            writer.member("rows", integer: counts.rows)
            writer.member("items", integer: counts.items)
            writer.member("duplicates", integer: counts.duplicates)
            writer.member("skipped", integer: counts.skipped)
            writer.member("calls", integer: counts.calls)
        case .session(let session):
            writer.member("session", integer: session.number)
            writer.member("at", string: session.at)
            if let clock = session.clock {
                writer.member("boot", string: clock.bootID)
                writer.member("monotonic", integer: clock.monotonicMilliseconds)
                writer.member("ms", integer: clock.wallMilliseconds)
            }
            writer.member("pid", integer: session.processID)
            writer.member("host", string: session.host)
            member("invocation", session.invocation, &writer)
            if let halt = session.overriddenHalt {
                writer.member("overridesHalt", integer: halt)
            }
            if session.timeoutMilliseconds != 0 {
                integer("timeout", session.timeoutMilliseconds, &writer)
            }
        case .call(let call): write(call, to: &writer)
        case .attempt(let attempt):
            integer("call", Int(attempt.call), &writer)
            integer("attempt", attempt.attempt, &writer)
            integer("ms", Int(attempt.atMilliseconds), &writer)
            rows(attempt.rows, &writer)
        case .answer(let answer): write(answer, to: &writer)
        case .kindStopped(let stopped):
            writer.member("kind", string: stopped.kind.description)
            message(stopped.status, stopped.code, stopped.message, &writer)
        case .blocked(let blocked):
            writer.member("kind", string: blocked.kind.description)
            writer.key("outcome")
            write(OutcomeGroup(outcome: blocked.outcome), to: &writer)
            rows(blocked.rows, &writer)
        case .reopened(let reopened):
            writer.key("outcomes")
            writer.beginArray()
            for outcome in reopened.outcomes { writer.string(outcome.word) }
            writer.endArray()
        case .halt(let halt):
            writer.member("reason", string: halt.reason.rawValue)
            member("text", halt.text, &writer)
            writer.member("ms", integer: halt.atMilliseconds)
        case .stop(let stop):
            writer.member("state", string: stop.state.rawValue)
            writer.member("reason", string: stop.reason.rawValue)
            member("text", stop.text, &writer)
            writer.member("exit", integer: stop.exit)
            writer.member("ms", integer: stop.atMilliseconds)
        case .abandoned(let abandoned):
            writer.member("at", string: abandoned.at)
            writer.member("user", string: abandoned.user)
        }
    }

    private static func write(_ header: RunHeader, to writer: inout JSONWriter) {
        writer.member("version", integer: header.version)
        writer.member("run", string: header.run)
        writer.member("job", string: header.job)
        writer.member("tool", string: header.tool)
        writer.member("startedAt", string: header.startedAt)
        writer.member("user", string: header.user)
        writer.member("host", string: header.host)
        member("invocation", header.invocation, &writer)
        writer.member("source", string: header.source)
        writer.key("manifest")
        writer.beginObject()
        writer.member("format", string: header.manifestFormat)
        writer.member("sha256", string: header.manifestDigest)
        writer.member("bytes", integer: header.manifestByteCount)
        writer.endObject()
        writer.key("pinned")
        writer.beginArray()
        for setting in header.pinned {
            writer.beginObject()
            writer.member("name", string: setting.name)
            writer.member("value", string: setting.value)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func write(_ call: CallRecord, to writer: inout JSONWriter) {
        integer("call", Int(call.call), &writer)
        if let parentCall = call.parentCall { integer("parentCall", Int(parentCall), &writer) }
        writer.member("kind", string: call.kind.description)
        writer.member("end", string: call.direction.rawValue)
        if call.parent != 0 || call.step == nil {
            writer.key("parent")
            writer.string(String(call.parent))
        }
        rows(call.rows, &writer)
        guard let step = call.step else { return ids("related", call.related, &writer) }
        switch step {
        case .round(let round, let excluded, let explicitIDs):
            integer("round", round, &writer)
            if !excluded.isEmpty { ids("excluded", excluded, &writer) }
            if let explicitIDs { ids("pinned", explicitIDs, &writer) }
        case .listing(let round, let excluded):
            integer("round", round, &writer)
            if !excluded.isEmpty { ids("excluded", excluded, &writer) }
            member("lists", true, &writer)
        case .page(let page): integer("page", page, &writer)
        case .readBack(let id):
            writer.key("readBack")
            writer.string(String(id))
        }
    }

    private static func write(_ answer: AnswerRecord, to writer: inout JSONWriter) {
        integer("call", Int(answer.call), &writer)
        integer("attempt", answer.attempt, &writer)
        integer("ms", Int(answer.atMilliseconds), &writer)
        writer.member("verdict", string: answer.verdict.rawValue)
        message(answer.status, answer.code, answer.message, &writer)
        member("leavesDoubt", answer.leavesDoubt, &writer)
        if answer.pauseMilliseconds != 0 { integer("pause", answer.pauseMilliseconds, &writer) }
        if !answer.outcomes.isEmpty {
            writer.key("outcomes")
            writer.beginArray()
            for group in answer.outcomes { write(group, to: &writer) }
            writer.endArray()
        }
        member("refusesKind", answer.refusesKind, &writer)
        if let records = answer.records { write(records, to: &writer) }
        if let page = answer.page { write(page, to: &writer) }
    }

    private static func write(_ records: RoundRecords, to writer: inout JSONWriter) {
        writer.key("records")
        writer.beginObject()
        if !records.deleted.isEmpty { ids("deleted", records.deleted, &writer) }
        if !records.gone.isEmpty { ids("gone", records.gone, &writer) }
        if records.unaccounted != 0 { integer("unaccounted", records.unaccounted, &writer) }
        if records.foreign != 0 { integer("foreign", records.foreign, &writer) }
        if let more = records.moreRecords { writer.member("more", bool: more) }
        if !records.undeletable.isEmpty {
            writer.key("undeletable")
            writer.beginArray()
            for record in records.undeletable {
                writer.beginObject()
                id(record.id, &writer)
                member("code", record.code, &writer)
                member("said", record.message, &writer)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }

    private static func write(_ page: PageRecord, to writer: inout JSONWriter) {
        writer.key("page")
        writer.beginObject()
        integer("number", page.page, &writer)
        if let more = page.moreRecords { writer.member("more", bool: more) }
        writer.key("children")
        writer.beginArray()
        for child in page.children {
            writer.beginObject()
            id(child.id, &writer)
            member("fields", child.fields, &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ group: OutcomeGroup, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("outcome", string: group.outcome.kind.word)
        message(group.outcome.status, group.outcome.code, group.outcome.message, &writer)
        member("afterDoubt", group.outcome.isAfterDoubt, &writer)
        member("recordDeleted", group.outcome.isRecordDeleted, &writer)
        rows(group.rows, &writer)
        writer.endObject()
    }

    private static func message(
        _ status: Int, _ code: String, _ message: String, _ writer: inout JSONWriter
    ) {
        if status != 0 { integer("status", status, &writer) }
        member("code", code, &writer)
        member("said", message, &writer)
    }

    private static func integer(_ key: String, _ value: Int, _ writer: inout JSONWriter) {
        writer.key(key)
        writer.integer(value)
    }

    private static func id(_ id: UInt64, _ writer: inout JSONWriter) {
        writer.key("id")
        writer.string(String(id))
    }

    private static func ids(_ key: String, _ ids: [UInt64], _ writer: inout JSONWriter) {
        writer.key(key)
        writer.quotedIntegers(ids)
    }

    private static func rows(_ rows: [UInt32]?, _ writer: inout JSONWriter) {
        guard let rows else { return }
        writer.key("rows")
        writer.integers(rows)
    }

    private static func member(_ key: String, _ value: String, _ writer: inout JSONWriter) {
        if !value.isEmpty { writer.member(key, string: value) }
    }

    private static func member(_ key: String, _ value: Bool, _ writer: inout JSONWriter) {
        if value { writer.member(key, bool: true) }
    }
}
