import JobModel

/// Interprets a header cell or a JSON key.
enum ColumnNaming {
    /// A meaning, or a message why there is none.
    enum Interpretation: Equatable {
        case meaning(ColumnMeaning)
        case fault(String)
    }

    private static let linkFieldPrefix = "field"

    /// The meaning of a name without `--column`.
    ///
    /// A misspelt `environment` must not silently be taken as the user's own column and turn a
    /// stage clean-up into one of production. Names close to a known one are errors that suggest
    /// both fixes.
    static func interpretation(of name: String) -> Interpretation {
        if name.isEmpty {
            return .fault("a column without a name: name it in the header, or remove it")
        }
        let folded = name.lowercased()
        if let known = KnownColumn(rawValue: folded) { return .meaning(.known(known)) }
        if let colon = folded.firstIndex(of: ":") {
            let prefix = String(folded[..<colon])
            if prefix == linkFieldPrefix { return linkField(name) }
            if Spelling.suggestion(for: prefix, among: [linkFieldPrefix]) != nil {
                return .fault(nearMiss(name, "field:API_Name", "field:\(afterColon(name))"))
            }
        }
        if let near = Spelling.suggestion(for: name, among: KnownColumn.allCases.map(\.rawValue)) {
            return .fault(nearMiss(name, near, near))
        }
        return .meaning(.carried)
    }

    /// The header text of a meaning.
    static func name(of meaning: ColumnMeaning) -> String {
        switch meaning {
        case .known(let column): column.rawValue
        case .linkField(let name, _): "\(linkFieldPrefix):\(name)"
        case .carried: ColumnMap.carryWord
        }
    }

    private static func nearMiss(_ name: String, _ known: String, _ meant: String) -> String {
        "column \(SafeText.quoted(name)) looks like a misspelt \"\(known)\": rename it to "
            + "\(SafeText.quoted(meant)), or if it is a column of your own, keep it with "
            + "--column \(ColumnMap.carryWord)=\(SafeText.quoted(name))"
    }

    private static func afterColon(_ name: String) -> String {
        String(name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)[1])
    }

    private static func linkField(_ name: String) -> Interpretation {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 3 else {
            return .fault(
                "column \(SafeText.quoted(name)) has \(parts.count) parts, expected "
                    + "field:API_Name or field:API_Name:type")
        }
        guard let fieldName = APIName(parts[1]) else {
            return .fault(
                "column \(SafeText.quoted(name)): \(SafeText.quoted(parts[1])) is no API name of a "
                    + "field; one is a letter or \"_\", then letters, digits and \"_\", "
                    + "\(APIName.maximumByteCount) at most")
        }
        guard parts.count == 3 else {
            return .meaning(.linkField(name: fieldName, type: .string))
        }
        guard let type = LinkFieldType(rawValue: parts[2].lowercased()) else {
            let types = LinkFieldType.allCases.map(\.rawValue)
            let hint = Spelling.suggestion(for: parts[2], among: types).map { ", meant \"\($0)\"?" }
            return .fault(
                "column \(SafeText.quoted(name)) has the type \(SafeText.quoted(parts[2])), "
                    + "expected \(types.joined(separator: ", "))\(hint ?? "")")
        }
        return .meaning(.linkField(name: fieldName, type: type))
    }
}
