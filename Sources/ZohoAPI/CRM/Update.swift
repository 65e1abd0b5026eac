import JobModel

/// Updates relations and their link fields (ServiceFacts: Update): `PUT` with
/// `{"data":[…]}`.
///
/// Each element begins with its id. A single id is in the path as well: Zoho's OpenAPI 3.1 files
/// require it in the body, the page's samples omit it. A missing relation is added ("relation
/// added"), so a repeated request gives the same state.
package enum UpdateRequest {
    /// The request of an update call; the sender builds the body from `bodyItems`.
    ///
    /// Traps on other operations, on a row count that differs from the id count, and where
    /// `ServiceURL` traps.
    package static func request(
        for content: RelationContent, rows: [UInt32], profile: ServiceProfile = .init()
    ) -> APIRequest {
        precondition(
            content.kind.operation == .update, "\(content.kind) was sent as an update")
        precondition(
            rows.count == content.related.count,
            "an update has \(rows.count) rows for \(content.related.count) ids")
        return APIRequest(
            service: .crm, method: .put, target: ServiceURL.target(of: content, profile: profile),
            bodyItems: zip(rows, content.related).map { BodyItem(row: $0, id: $1) })
    }

    /// The body of an update.
    ///
    /// - Parameters:
    ///   - items: In the order of the call. `fields` is the text of a JSON object, `{}` for none,
    ///     which is passed on byte for byte: 50.560 stays 50.560. It has no member `id` (planning
    ///     refuses one).
    package static func body(_ items: [(id: UInt64, fields: [UInt8])]) -> [UInt8] {
        precondition(!items.isEmpty, "the body of an update has no element")
        var text = [UInt8]()
        text.reserveCapacity(items.reduce(12) { $0 + $1.fields.count + 30 })
        text.append(contentsOf: #"{"data":["#.utf8)
        for (index, item) in items.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            append(item.fields, id: item.id, to: &text)
        }
        text.append(contentsOf: "]}".utf8)
        return text
    }

    private static func append(_ fields: [UInt8], id: UInt64, to text: inout [UInt8]) {
        precondition(
            fields.first == UInt8(ascii: "{") && fields.last == UInt8(ascii: "}")
                && fields.count >= 2,
            "the fields for record \(id) are not a JSON object")
        precondition(id != 0, "an update names the record id 0")
        text.append(contentsOf: #"{"id":""#.utf8)
        ServiceURL.appendDigits(of: id, to: &text)
        text.append(UInt8(ascii: "\""))
        let rest = fields.dropFirst()
        let isEmpty = rest.dropLast().allSatisfy {
            $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09
        }
        if !isEmpty { text.append(UInt8(ascii: ",")) }
        text.append(contentsOf: rest)
    }
}
