// GET of a report's records, so that ids are known before a deletion names them. Source: what is
// known of Get Records v2.1: `max_records` 200, 500 or 1000, `record_cursor` as a header of the
// answer and then of the next request, `field_config`, `criteria` in the query.
//
// Assumptions: lowest id first; the cursor continues after the last id returned, whatever was
// deleted since;

import JSONText

extension Organisation {
    mutating func readReport(
        _ call: CreatorCall, _ request: HTTPRequest
    ) throws(CreatorRefusal) -> Reply {
        let parameters = call.target.parameters
        guard let maximum = Int(parameters["max_records"] ?? "200"),
            [200, 500, 1_000].contains(maximum)
        else { throw .invalid("max_records is 200, 500 or 1000") }
        let configuration = parameters["field_config"] ?? "quick_view"
        guard ["quick_view", "detail_view", "custom", "all"].contains(configuration) else {
            throw .invalid("field_config is quick_view, detail_view, custom or all")
        }
        let names = parameters["fields"]?.split(separator: ",").map(String.init)
        guard (configuration == "custom") == (names != nil) else {
            throw .invalid("fields go with field_config=custom")
        }
        let report = world.reports[call.place]
        let criteria = try parameters["criteria"].map { text throws(CreatorRefusal) in
            try Self.criteria(text, report)
        }
        let last = try lastID(request)
        let places = report.places(matching: criteria).drop { report.rows[$0].id <= last }
        if places.isEmpty { throw .noRecords }
        counts.note(.creatorRead)
        let part = places.prefix(maximum)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("code", integer: 3000)
        writer.key("data")
        writer.beginArray()
        for place in part { Self.write(report, report.rows[place], names, &writer) }
        writer.endArray()
        writer.endObject()
        var reply = Reply(status: 200, body: writer.bytes)
        if part.count < places.count, let place = part.last {
            reply.extraFields = Array(
                "record_cursor: \(Self.cursor(report.rows[place].id))\r\n".utf8)
        }
        return reply
    }

    mutating func readOne(_ call: CreatorCall, _ id: String) throws(CreatorRefusal) -> Reply {
        let report = world.reports[call.place]
        guard let number = UInt64(id), let place = report.place(of: number) else {
            throw .noRecords
        }
        counts.note(.creatorRead)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("code", integer: 3000)
        writer.key("data")
        Self.write(report, report.rows[place], nil, &writer)
        writer.endObject()
        return Reply(status: 200, body: writer.bytes)
    }

    private static func write(
        _ report: CreatorReport, _ row: CreatorReport.Row, _ names: [String]?,
        _ writer: inout JSONWriter
    ) {
        writer.beginObject()
        for (column, value) in zip(report.columns, row.values)
        where names?.contains(column) ?? true {
            writer.member(column, value: value)
        }
        writer.member("ID", string: String(row.id))
        writer.endObject()
    }

    /// Opaque to clients; the scrambled copy distinguishes a cursor from a guess.
    private static func cursor(_ id: UInt64) -> String {
        String(id, radix: 16) + "." + String(SeededGenerator.scrambled(id), radix: 16)
    }

    /// The id after which the request's cursor continues; 0 without one.
    private func lastID(_ request: HTTPRequest) throws(CreatorRefusal) -> UInt64 {
        guard let value = request.value(named: "record_cursor") else { return 0 }
        let text = String(decoding: value, as: UTF8.self)
        guard let id = UInt64(text.prefix { $0 != "." }, radix: 16), Self.cursor(id) == text else {
            throw .invalid("record_cursor is not from this server")
        }
        return id
    }
}
