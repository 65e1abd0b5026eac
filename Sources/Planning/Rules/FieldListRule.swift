import JobModel
import ManifestReading
import ZohoAPI

/// The `fields` of a `discover-deleted` row: comma-separated API names, or a JSON array of them
/// (ServiceFacts: Deleted parent, where they are mandatory).
enum FieldListRule {
    /// The fields in the form in which they are sent.
    ///
    /// - Parameter bytes: Empty for the default.
    static func fields(in bytes: [UInt8]) throws(Finding) -> String {
        guard !bytes.isEmpty else { return DeletedPageRequest.defaultFields }
        let names: [String]
        switch bytes.first {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            guard let list = JSONStrings.parse(bytes), !list.isEmpty else {
                throw unexpected(bytes)
            }
            names = list
        default:
            names = String(decoding: bytes, as: UTF8.self)
                .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let text = names.map { trimmed($0) }.joined(separator: ",")
        if let fault = DeletedPageRequest.fault(inFields: text) {
            throw Finding("column \"fields\": \(fault)")
        }
        return text
    }

    /// The names in a canonical order, to compare lists.
    static func canonical(_ fields: String) -> [Substring] {
        fields.split(separator: ",").sorted()
    }

    private static func unexpected(_ bytes: [UInt8]) -> Finding {
        Finding(
            "\(SafeText.quoted(bytes: bytes)) in column \"fields\": a discover-deleted has the API "
                + "names of fields there, like Owner,Modified_Time")
    }

    private static func trimmed(_ name: String) -> String {
        var name = name[...]
        while name.first == " " { name.removeFirst() }
        while name.last == " " { name.removeLast() }
        return String(name)
    }
}
