import JobModel

/// Modules and related lists must be API names, so that nothing else can reach a URL.
enum NameRule {
    /// - Parameters:
    ///   - column: `module` or `related_list`, for the message.
    ///   - known: Names that may have been meant.
    static func name(
        in bytes: [UInt8], column: String, known: [String]
    ) throws(Finding) -> APIName {
        if let name = APIName(String(decoding: bytes, as: UTF8.self)) { return name }
        let shown = SafeText.quoted(bytes: bytes)
        let column = SafeText.quoted(column)
        guard !bytes.isEmpty else {
            throw Finding("column \(column) is empty; name the API name, like \"Campaigns\"")
        }
        guard bytes.count <= APIName.maximumByteCount else {
            throw Finding(
                "\(shown) in column \(column) has \(bytes.count) bytes; an API name has at most "
                    + "\(APIName.maximumByteCount)")
        }
        // "Price Books", as Zoho's pages print it, is the label of Price_Books.
        let text = String(decoding: bytes, as: UTF8.self)
        let joined = String(text.map { $0 == " " ? "_" : $0 })
        if let meant = Spelling.suggestion(for: joined, among: known) {
            throw Finding(
                "\(shown) in column \(column) is no API name; did you mean \"\(meant)\"?")
        }
        throw Finding(
            "\(shown) in column \(column) is no API name: letters, digits and _, no digit "
                + "first (a label, as people see it, is often not the API name)")
    }
}
