import JobModel

/// The operation column contains a raw value of `Operation`.
enum OperationRule {
    static func operation(in bytes: [UInt8]) throws(Finding) -> Operation {
        let text = String(decoding: bytes, as: UTF8.self)
        if let operation = Operation(rawValue: text) { return operation }
        let known = Operation.allCases.map(\.rawValue)
        guard !bytes.isEmpty else {
            throw Finding("column \"operation\" is empty; it is one of \(list(known))")
        }
        if let meant = Spelling.suggestion(for: text, among: known) {
            throw Finding(
                "unknown operation \(SafeText.quoted(bytes: bytes)); did you mean \"\(meant)\"?")
        }
        throw Finding(
            "unknown operation \(SafeText.quoted(bytes: bytes)); it is one of \(list(known))")
    }

    private static func list(_ words: [String]) -> String {
        words.joined(separator: ", ")
    }
}
