import JobModel
import ManifestReading
import ZohoAPI

/// The cells of a `delete-creator-records` row (ServiceFacts: Creator delete).
enum CreatorRule {
    /// Account owner, application or report, as URLs name them: link names, not labels.
    static func name(in bytes: [UInt8], column: KnownColumn) throws(Finding) -> String {
        guard !bytes.isEmpty else {
            throw Finding(
                "column \"\(column.rawValue)\" is empty; name the "
                    + (column == .owner
                        ? "account owner" : "link name, as the \(column.rawValue)'s URL has it"))
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if let fault = CreatorName.fault(in: text) {
            throw Finding("\(SafeText.quoted(text)) in column \"\(column.rawValue)\": \(fault)")
        }
        return text
    }

    /// Mandatory, because omitting the header means production.
    static func environment(in bytes: [UInt8]) throws(Finding) -> CreatorEnvironment {
        let text = String(decoding: bytes, as: UTF8.self)
        if let environment = CreatorEnvironment(rawValue: text) { return environment }
        let words = CreatorEnvironment.allCases.map(\.rawValue)
        let list = words.joined(separator: ", ")
        guard !bytes.isEmpty else {
            throw Finding(
                "column \"environment\" is empty; it is one of \(list), and never guessed")
        }
        let hint =
            Spelling.suggestion(for: text, among: words).map { "; did you mean \"\($0)\"?" } ?? ""
        throw Finding(
            "unknown environment \(SafeText.quoted(bytes: bytes)); it is one of \(list)\(hint)")
    }

    /// Demo users exist in development and stage only: Zoho's sample appends them "along
    /// with the environment", whose header has no other values.
    static func demoUser(
        in bytes: [UInt8], environment: CreatorEnvironment?
    ) throws(Finding) -> String? {
        guard !bytes.isEmpty else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard CreatorName.isUsableUser(text) else {
            throw Finding(
                "\(SafeText.quoted(bytes: bytes)) in column \"demo_user\" is no demo user: visible "
                    + "ASCII without spaces, like demouser_1")
        }
        if environment == .production {
            throw Finding(
                "a demo user goes with environment development or stage, and the row says "
                    + "production; leave one of them out")
        }
        return text
    }

    /// `form_workflow` is Zoho's only value. JSON may have its list, and both kinds of
    /// manifest a truth value.
    static func skipsWorkflow(
        in bytes: [UInt8], type: RowBlock.CellType
    ) throws(Finding) -> Bool {
        var words = [String(decoding: bytes, as: UTF8.self)]
        if type == .structure || bytes.first == UInt8(ascii: "[") {
            words = try list(in: bytes)
            if words.isEmpty { return false }
        }
        switch words {
        case [""], ["false"]: return false
        case ["form_workflow"], ["true"]: return true
        default:
            throw Finding(
                "\(SafeText.quoted(bytes: bytes)) in column \"skip_workflow\": it is form_workflow "
                    + "(or true), or empty (or false); blueprints and approvals can't be skipped")
        }
    }

    private static func list(in bytes: [UInt8]) throws(Finding) -> [String] {
        if let words = JSONStrings.parse(bytes) { return words }
        throw Finding(
            "\(SafeText.quoted(bytes: bytes)) in column \"skip_workflow\": expected a list of "
                + "names, [\"form_workflow\"]")
    }

    /// Records that the row may delete: 1…10^9.
    static func maximumRecords(
        in bytes: [UInt8], type: RowBlock.CellType
    ) throws(Finding) -> Int {
        if type == .text || type == .number, let number = RecordID(digits: bytes),
            number.value <= 1_000_000_000
        {
            return Int(number.value)
        }
        throw Finding(
            "\(SafeText.quoted(bytes: bytes)) in column \"max_records\" is no number of records: "
                + "digits alone, 1 to 1000000000")
    }
}
