import JobModel
import ZohoAPI

/// The modules of operations with a documented list: the listed ones, and custom modules, which
/// cannot be listed.
///
/// API names are those of Zoho's lists of labels and scopes (`Price Books` and `pricebooks`
/// are `Price_Books`). Appointments and services are printed without the `__s` that accounts show;
/// both spellings are taken.
enum ModuleRule {
    enum Status: Equatable {
        /// Zoho's page lists it, or lists `Deals` where it says `Potentials`.
        case documented
        /// Not documented: a custom module, or a misspelt name.
        case custom(near: String?)
    }

    private static let shared = [
        "Accounts", "Campaigns", "Cases", "Contacts", "Deals", "Events", "Invoices", "Leads",
        "Price_Books", "Products", "Purchase_Orders", "Quotes", "Sales_Orders", "Solutions",
        "Tasks", "Vendors",
    ]
    /// ServiceFacts: Attachment, "Supported modules".
    private static let attachments = (shared + ["Notes"]).sorted()
    /// ServiceFacts: Deleted parent, "Possible module names".
    private static let deleted =
        (shared + [
            "Appointments", "Appointments_Rescheduled_History",
            "Appointments_Rescheduled_History__s",
            "Appointments__s", "Calls", "Services", "Services__s",
        ]).sorted()
    /// Standard modules that are not listed.
    private static let others = [
        "Activities", "Attachments", "Calls", "Documents", "Notes", "Projects", "Users",
    ]

    /// The listed modules, sorted.
    static func names(of operation: Operation) -> [String] {
        operation == .deleteAttachment ? attachments : deleted
    }

    static func status(
        of module: APIName, operation: Operation
    ) throws(Finding) -> Status {
        let names = names(of: operation)
        let name = SupportedRelations.currentName(module.text)
        if names.contains(name) { return .documented }
        let folded = folded(name)
        if let meant = names.first(where: { self.folded($0) == folded }) {
            throw Finding(
                "\"\(module)\" in column \"module\" is no module; did you mean \"\(meant)\"? "
                    + "API names are case-exact")
        }
        if let other = others.first(where: { self.folded($0) == folded }) {
            let what =
                operation == .deleteAttachment
                ? "attachments can be deleted at \(list(names))"
                : "related records can be read of deleted \(list(names))"
            throw Finding(
                "the service does not do this for \"\(other)\": \(what) or custom modules")
        }
        return .custom(near: Spelling.suggestion(for: name, among: names))
    }

    /// Normalises labels, scopes and singular forms: `Price Book`, `pricebooks`.
    private static func folded(_ name: String) -> String {
        var folded = name.lowercased().filter { $0 != "_" }
        while folded.hasSuffix("s") { folded.removeLast() }
        return folded
    }

    private static func list(_ names: [String]) -> String {
        names.filter { !$0.hasSuffix("__s") }.joined(separator: ", ")
    }
}

/// Attachments have one related list, so it is optional.
enum AttachmentListRule {
    private static let name = "Attachments"

    /// - Parameter bytes: Empty when the row has none.
    static func list(in bytes: [UInt8]) throws(Finding) -> APIName {
        guard bytes.isEmpty || bytes == Array(name.utf8) else {
            throw Finding(
                "\(SafeText.quoted(bytes: bytes)) in column \"related_list\": a delete-attachment "
                    + "has the related list \"\(name)\", or an empty cell there")
        }
        guard let list = APIName(name) else {
            preconditionFailure("\"\(name)\" is not an API name")
        }
        return list
    }
}
