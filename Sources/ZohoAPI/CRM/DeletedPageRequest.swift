import JobModel

/// Reads one page of what was related to a deleted parent (document "Get Related Records of a
/// Deleted Record").
///
///     GET /crm/v8/{module}/deleted/{id}/{list}?fields=Owner,Parent_Id&page=1&per_page=200
///
/// Changes nothing; a page that is in doubt is read again. The parent must still be in the recycle
/// bin.
package enum DeletedPageRequest {
    /// The request of a page.
    ///
    /// Traps on fields that planning refuses, and on a page below 1.
    package static func request(
        for content: PageContent, profile: ServiceProfile = .init()
    ) -> APIRequest {
        APIRequest(
            service: .crm, method: .get, target: ServiceURL.target(of: content, profile: profile))
    }

    /// Fields that are asked for where the row names none; `id` comes with every record.
    package static let defaultFields = "id"

    /// Names in `fields` at most (v8's rule for related records: 50).
    package static let maximumFieldCount = 50

    /// Why a text can't be the parameter `fields`, lower case and without a full stop; nil when it
    /// can.
    ///
    /// API names with commas between them and no spaces: `Owner,Parent_Id`, `$member_info`,
    /// `Owner.name`.
    package static func fault(inFields text: String) -> String? {
        let names = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        if names.count > maximumFieldCount {
            return "\(names.count) fields, at most \(maximumFieldCount) are possible"
        }
        for name in names where !isField(name) {
            return "\(SafeText.quoted(bytes: name)) is no API name of a field; "
                + "expected names with commas between them, like Owner,Modified_Time"
        }
        return nil
    }

    private static func isField(_ name: Substring.UTF8View) -> Bool {
        let plain = name.first == UInt8(ascii: "$") ? name.dropFirst() : name
        return plain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { APIName.isValid($0) }
    }
}
