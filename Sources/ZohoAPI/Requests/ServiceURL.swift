package import JobModel

/// Builds the path and query of every request. No other code builds URLs.
///
/// If the list were lost from `DELETE /crm/v2/Leads/{id}/Campaigns?ids=…`, it would be `DELETE
/// /crm/v2/Leads/{id}`: the record itself. The finished text is therefore parsed again, as a server
/// would, and must have exactly the segments and ids of its operation; otherwise the process traps
/// before the request exists.
///
///     operation           one id                              several ids
///     delink              {module}/{id}/{list}/{id}           {module}/{id}/{list}?ids={id},{id}
///     update              {module}/{id}/{list}/{id}           {module}/{id}/{list}
///     delete-attachment   {module}/{id}/Attachments/{id}      {module}/{id}/Attachments?ids={id},…
///
/// each after `/crm/v2/`. The ids of an update of several are in its body; several attachments per
/// call need a setting.
///
/// Pages of deleted parents and Creator's requests are in `ServiceURL+Deleted` and
/// `ServiceURL+Creator`.
///
/// Commas are not encoded: `%2C` would make 100 ids of 19 digits 2,197 bytes instead of 1,999, and
/// the maximum that Zoho accepts is unknown.
package enum ServiceURL {
    /// The origin form of a call's target, for example `/crm/v2/Campaigns/1/Leads?ids=2,3`.
    ///
    /// Traps on an invalid call: an id of 0, no ids, or too many.
    package static func target(of content: RelationContent, profile: ServiceProfile = .init())
        -> String
    {
        let kind = content.kind
        let ids = content.related
        precondition(!ids.isEmpty, "a call of \(kind) carries no id")
        precondition(
            ids.count <= profile.idsPerCall,
            "a call of \(kind) carries \(ids.count) ids, more than \(profile.idsPerCall)")
        precondition(
            content.parent != 0 && !ids.contains(0),
            "a call of \(kind) at record \(content.parent) names the record id 0")
        precondition(
            profile.hasUsableVersion,
            "the API version is \"\(profile.crmVersion)\", not one like v2 or v2.1")
        let form = Form(kind.operation, idCount: ids.count, profile: profile)
        if kind.operation == .deleteAttachment {
            precondition(
                kind.relatedList.text == "Attachments",
                "attachments are deleted from the list \(kind.relatedList)")
        }

        var text = [UInt8]()
        text.reserveCapacity(fixedByteCount(kind, content.parent, profile) + 21 * ids.count)
        appendPath(of: kind, parent: content.parent, profile: profile, to: &text)
        switch form {
        case .lastSegment:
            text.append(UInt8(ascii: "/"))
            appendDigits(of: ids[0], to: &text)
        case .query:
            text.append(contentsOf: "?ids=".utf8)
            for (index, id) in ids.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                appendDigits(of: id, to: &text)
            }
        case .body: break
        }
        precondition(
            ids.count == 1 || text.count <= profile.maximumTargetByteCount,
            "a target has \(text.count) bytes, more than \(profile.maximumTargetByteCount)")
        check(text, form: form, idCount: ids.count)
        return String(decoding: text, as: UTF8.self)
    }

    /// Bytes of the target that a call with these ids would have.
    package static func byteCount(
        kind: RelationKind, parent: UInt64, ids: some Collection<UInt64>,
        profile: ServiceProfile = .init()
    ) -> Int {
        let fixed = fixedByteCount(kind, parent, profile)
        switch Form(kind.operation, idCount: ids.count, profile: profile) {
        case .body: return fixed
        case .lastSegment: return fixed + 1 + ids.reduce(0) { $0 + digitCount(of: $1) }
        case .query: return fixed + 4 + ids.reduce(0) { $0 + 1 + digitCount(of: $1) }
        }
    }

    /// How many of the first `ids` fit in one call; at least 1 unless empty.
    ///
    /// Bounded by the ids a call may have and by the URL's length.
    package static func leadingIDCount(
        kind: RelationKind, parent: UInt64, ids: ArraySlice<UInt64>,
        profile: ServiceProfile = .init()
    ) -> Int {
        let cap = min(ids.count, maximumIDs(of: kind.operation, profile: profile))
        guard cap > 1, Form(kind.operation, idCount: cap, profile: profile) == .query else {
            return cap
        }
        var room = profile.maximumTargetByteCount - fixedByteCount(kind, parent, profile) - 4
        var count = 0
        for id in ids.prefix(cap) {
            room -= 1 + digitCount(of: id)
            if room < 0 { break }
            count += 1
        }
        return max(count, 1)
    }

    /// Maximum ids per call of an operation, apart from the URL's length (ServiceFacts: Delink and
    /// Update: 100; Attachment: 1).
    package static func maximumIDs(of operation: Operation, profile: ServiceProfile = .init())
        -> Int
    {
        switch operation {
        case .delink, .update: profile.idsPerCall
        case .deleteAttachment: profile.sendsAttachmentsInBulk ? profile.idsPerCall : 1
        case .deleteCreatorRecords, .discoverDeleted: 1
        }
    }

    /// The part of a request that holds the related ids.
    private enum Form: Equatable {
        case lastSegment, query, body

        init(_ operation: Operation, idCount: Int, profile: ServiceProfile) {
            switch operation {
            case .delink: self = idCount == 1 ? .lastSegment : .query
            case .update: self = idCount == 1 ? .lastSegment : .body
            case .deleteAttachment:
                precondition(
                    idCount == 1 || profile.sendsAttachmentsInBulk,
                    "a call deletes \(idCount) attachments, and attachments.inBulk is off")
                self = idCount == 1 ? .lastSegment : .query
            case .deleteCreatorRecords, .discoverDeleted:
                preconditionFailure(
                    "a call of \(operation.rawValue) has a list of related ids")
            }
        }
    }

    private static func appendPath(
        of kind: RelationKind, parent: UInt64, profile: ServiceProfile, to text: inout [UInt8]
    ) {
        text.append(contentsOf: "/crm/".utf8)
        text.append(contentsOf: profile.crmVersion.utf8)
        text.append(UInt8(ascii: "/"))
        text.append(contentsOf: kind.module.text.utf8)
        text.append(UInt8(ascii: "/"))
        appendDigits(of: parent, to: &text)
        text.append(UInt8(ascii: "/"))
        text.append(contentsOf: kind.relatedList.text.utf8)
    }

    /// Bytes of `/crm/v2/{module}/{parent}/{list}`.
    private static func fixedByteCount(
        _ kind: RelationKind, _ parent: UInt64, _ profile: ServiceProfile
    ) -> Int {
        "/crm/".utf8.count + profile.crmVersion.utf8.count + 3 + kind.module.text.utf8.count
            + digitCount(of: parent) + kind.relatedList.text.utf8.count
    }

    @inlinable
    package static func digitCount(of id: UInt64) -> Int {
        // Shorter ids are rare and most have equal length, so compare instead of dividing.
        if id >= 1_000_000_000_000_000_000 { return id >= 10_000_000_000_000_000_000 ? 20 : 19 }
        var count = 1
        var bound: UInt64 = 10
        while id >= bound {
            count += 1
            bound *= 10
        }
        return count
    }

    static func appendDigits(of id: UInt64, to text: inout [UInt8]) {
        let count = digitCount(of: id)
        let end = text.count + count
        for _ in 0..<count { text.append(0x30) }
        var rest = id
        var place = end
        while rest > 0 {
            place -= 1
            text[place] += UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// Verifies the path independently of how it was built.
    private static func check(_ text: [UInt8], form: Form, idCount: Int) {
        var path: [ArraySlice<UInt8>] = []
        path.reserveCapacity(8)
        var start = 0
        var index = 0
        while index < text.count, text[index] != UInt8(ascii: "?") {
            if text[index] == UInt8(ascii: "/") {
                path.append(text[start..<index])
                start = index + 1
            }
            index += 1
        }
        path.append(text[start..<index])
        // Slash-separated parts: "", crm, version, module, id, list (and the related id).
        precondition(
            path.count == (form == .lastSegment ? 7 : 6) && path[0].isEmpty,
            "the target \(String(decoding: text, as: UTF8.self)) has \(path.count) segments")
        precondition(
            isIDs(path[4], count: 1) && APIName.isValid(path[3]) && APIName.isValid(path[5]),
            "\(String(decoding: text, as: UTF8.self)) lacks a module, a record id or a list")
        switch form {
        case .lastSegment:
            precondition(
                index == text.count && isIDs(path[6], count: 1),
                "the target \(String(decoding: text, as: UTF8.self)) does not end with a record id")
        case .body:
            precondition(
                index == text.count,
                "the target \(String(decoding: text, as: UTF8.self)) of an update has a query")
        case .query:
            precondition(
                text[index...].starts(with: "?ids=".utf8)
                    && isIDs(text[(index + 5)...], count: idCount),
                "the target \(String(decoding: text, as: UTF8.self)) does not name \(idCount) ids")
        }
    }

    /// Whether the bytes are `count` comma-separated runs of digits.
    static func isIDs(_ bytes: ArraySlice<UInt8>, count: Int) -> Bool {
        var runs = 0
        var isInRun = false
        for byte in bytes {
            if byte >= 0x30, byte <= 0x39 {
                if !isInRun { runs += 1 }
                isInRun = true
            } else {
                guard byte == UInt8(ascii: ","), isInRun else { return false }
                isInRun = false
            }
        }
        return isInRun && runs == count
    }
}

extension ServiceProfile {
    /// Whether `crmVersion` is valid; it is part of every path.
    package var hasUsableVersion: Bool { Self.isUsableVersion(crmVersion) }

    /// Whether a text is `v` and a number such as 2, 2.1 or 8.
    package static func isUsableVersion(_ version: String) -> Bool {
        guard version.utf8.first == UInt8(ascii: "v"), version.utf8.count <= 8 else {
            return false
        }
        let parts = version.utf8.dropFirst().split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            }
    }
}
