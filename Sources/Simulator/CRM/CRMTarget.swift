/// A parsed URL: `/crm/v2/{module}/{id}/{list}/{related id}?{query}`.
struct CRMTarget: Equatable {
    /// The request's head, or a decoded copy of its path and query.
    private var bytes: [UInt8]
    private var segments: [Range<Int>]
    private var query: Range<Int>?

    /// nil if the URL does not match any call: `INVALID_URL_PATTERN`.
    ///
    /// Segments are percent-decoded separately; an encoded slash is not a separator. All versions
    /// from v2 to v8 are answered; the refusal style is a setting, independent of the version.
    init?(_ request: HTTPRequest) {
        bytes = request.head
        let target = request.target
        let mark = bytes[target].firstIndex(of: 0x3F)
        let path = target.lowerBound..<(mark ?? target.upperBound)
        query = mark.map { ($0 + 1)..<target.upperBound }
        segments = []
        segments.reserveCapacity(6)
        var start = path.lowerBound + 1
        for index in start...path.upperBound
        where index == path.upperBound || bytes[index] == 0x2F {
            segments.append(start..<index)
            start = index + 1
        }
        guard (3...6).contains(segments.count), !segments.contains(where: \.isEmpty) else {
            return nil
        }
        guard text(0) == "crm", isVersion(segments[1]) else { return nil }
        guard decodeSegments() else { return nil }
    }

    /// Whether `/__ledger` is asked for, and if so whether only its summary is.
    static func ledger(_ request: HTTPRequest) -> (isLedger: Bool, isSummary: Bool) {
        let target = request.target
        let name: StaticString = "/__ledger"
        let end = target.lowerBound + name.utf8CodeUnitCount
        guard target.count >= name.utf8CodeUnitCount,
            request.head.spells(name, at: target.lowerBound..<end),
            end == target.upperBound || request.head[end] == 0x3F
        else { return (false, false) }
        let isSummary =
            end < target.upperBound
            && request.head.spells("summary=1", at: (end + 1)..<target.upperBound)
        return (true, isSummary)
    }

    var moduleName: String { text(2) }
    var hasParent: Bool { segments.count > 3 }
    var listName: String? { segments.count > 4 ? text(4) : nil }
    var hasRelated: Bool { segments.count > 5 }

    /// `/crm/v8/{module}/deleted/{id}/{list}`.
    var namesDeletedParent: Bool { segments.count == 6 && text(3) == "deleted" }
    /// The id and the list of a call that `namesDeletedParent`.
    var deletedParentID: UInt64? { Self.id(bytes[segments[4]]) }
    var deletedParentList: String { text(5) }
    /// `/crm/v2/settings/…`: what of the settings is asked for, or nil.
    var settingsName: String? {
        segments.count == 4 && text(2) == "settings" ? text(3) : nil
    }
    /// `/crm/v2/org`, `/crm/v2/users` and `/crm/v2/users/{id}`: which of the two, or nil.
    var profileName: String? {
        let name = text(2)
        let isProfile = name == "org" ? segments.count == 3 : segments.count <= 4
        return isProfile && (name == "org" || name == "users") ? name : nil
    }
    /// The number behind the `v`: 2 for v2 and v2.1.
    var version: UInt8 { bytes[segments[1]][segments[1].lowerBound + 1] - 0x30 }

    /// The parameters, or nil if an escape in them is broken.
    var parameters: FormText? {
        guard let query else { return FormText() }
        return FormText(bytes[query])
    }

    /// The parent's id; nil if invalid.
    var parentID: UInt64? { segments.count > 3 ? Self.id(bytes[segments[3]]) : nil }
    /// The single related id, or nil if it is no id.
    var relatedID: UInt64? { segments.count > 5 ? Self.id(bytes[segments[5]]) : nil }

    /// What the `ids` parameter says.
    enum RequestedIDs: Equatable {
        /// There is none, or it is empty.
        case missing
        /// More than the limit, well-formed or not.
        case tooMany
        /// One of them is no id, or the parameter comes twice.
        case malformed
        case ids([UInt64])
    }

    func requestedIDs(maximum: Int) -> RequestedIDs {
        guard let query else { return .missing }
        var found: ArraySlice<UInt8>?
        for parameter in bytes[query].split(separator: 0x26) {
            guard parameter.starts(with: [0x69, 0x64, 0x73, 0x3D]) else { continue }
            guard found == nil else { return .malformed }
            found = parameter.dropFirst(4)
        }
        guard var value = found, !value.isEmpty else { return .missing }
        if value.contains(0x25) {
            guard let decoded = FormText.percentDecoded(value) else { return .malformed }
            value = decoded[...]
        }
        var count = 1
        for byte in value where byte == 0x2C { count += 1 }
        guard count <= maximum else { return .tooMany }
        var ids: [UInt64] = []
        ids.reserveCapacity(count)
        var start = value.startIndex
        while start <= value.endIndex {
            let end = value[start...].firstIndex(of: 0x2C) ?? value.endIndex
            guard let id = Self.id(value[start..<end]) else { return .malformed }
            ids.append(id)
            start = end + 1
        }
        return .ids(ids)
    }

    /// An id as the service writes them: 1…2^64−1 in plain digits without a leading zero.
    ///
    /// The OpenAPI pattern allows leading zeros and longer numbers; whether the service does is
    /// unknown, so they are rejected here.
    static func id(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard let first = digits.first, first != 0x30, digits.count <= 20 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            let (tenfold, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, carries) = tenfold.addingReportingOverflow(UInt64(digit - 0x30))
            if overflows || carries { return nil }
            value = sum
        }
        return value
    }

    /// The text of a segment; module and list names fit into a String without an allocation.
    private func text(_ index: Int) -> String {
        String(decoding: bytes[segments[index]], as: UTF8.self)
    }

    /// `v2` to `v8`, and `v2.1`.
    private func isVersion(_ range: Range<Int>) -> Bool {
        let text = bytes[range]
        guard text.first == 0x76 else { return false }
        if text.count == 2, let digit = text.last { return digit >= 0x32 && digit <= 0x38 }
        return String(decoding: text, as: UTF8.self) == "v2.1"
    }

    /// Replaces percent escapes in the segments. False if an escape is broken.
    private mutating func decodeSegments() -> Bool {
        for index in segments.indices where bytes[segments[index]].contains(0x25) {
            guard let decoded = FormText.percentDecoded(bytes[segments[index]]), !decoded.isEmpty,
                !decoded.contains(0x2F), !decoded.contains(0)
            else { return false }
            let start = bytes.count
            bytes.append(contentsOf: decoded)
            segments[index] = start..<bytes.count
        }
        return true
    }
}

/// The operation of a CRM call, for permissions and scopes.
enum CRMOperation: Equatable {
    case delink, update, deleteAttachment, deleteRecord, read

    /// nil if the URL does not support the method.
    init?(_ method: HTTPRequest.Method, _ target: CRMTarget) {
        switch method {
        case .delete where target.namesAttachments: self = .deleteAttachment
        case .delete where target.listName != nil: self = .delink
        case .delete: self = .deleteRecord
        case .put where target.hasParent && target.listName != nil: self = .update
        case .get where target.hasParent, .head where target.hasParent: self = .read
        default: return nil
        }
    }
}

extension CRMTarget {
    /// `…/{id}/Attachments` and what is below it. Both spellings, as other one-to-many lists.
    var namesAttachments: Bool { listName == "Attachments" || listName == "attachments" }
}
