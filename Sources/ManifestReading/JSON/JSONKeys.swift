import JobModel

/// What the keys of JSON items mean, judged once for each key.
struct JSONKeys: Sendable {
    /// A known column, or a member that is only carried.
    enum Meaning: Equatable, Sendable {
        /// Index into `KnownColumn.allCases`.
        case column(Int)
        case carried
    }

    /// Keys remembered at most; a file with more has each further one judged anew.
    static let maximumRemembered = 1000

    /// The columns of every JSON manifest.
    static let columns = ManifestColumns(
        names: KnownColumn.allCases.map(\.rawValue),
        meanings: KnownColumn.allCases.map { .known($0) })

    let map: ColumnMap
    private var remembered: [String: Meaning] = [:]
    /// The map's headers that were seen, by index.
    private var isMappedKeySeen: [Bool]

    init(map: ColumnMap) {
        self.map = map
        isMappedKeySeen = Array(repeating: false, count: map.entries.count)
    }

    /// The entries of the map whose key was nowhere, but for those that keep a key as the user's
    /// own: where it is missing they change nothing, and some of a manifest's rows, in a file of
    /// their own, may lack it.
    var unseen: [ColumnMap.Entry] {
        zip(map.entries, isMappedKeySeen).filter { !$0.1 && $0.0.meaning != .carried }.map(\.0)
    }

    /// - Parameter fault: receives what is wrong with the key, the first time it is met. Such a key
    ///   counts as carried, as a header's column would.
    mutating func meaning(of key: String, fault: (String) -> Void) -> Meaning {
        if let meaning = remembered[key] { return meaning }
        let meaning = interpret(key, fault)
        if remembered.count < JSONKeys.maximumRemembered { remembered[key] = meaning }
        return meaning
    }

    private mutating func interpret(_ key: String, _ fault: (String) -> Void) -> Meaning {
        let folded = key.lowercased()
        var verdict = ColumnNaming.interpretation(of: key)
        if let index = map.entries.firstIndex(where: { $0.header.lowercased() == folded }) {
            isMappedKeySeen[index] = true
            verdict = .meaning(map.entries[index].meaning)
        }
        switch verdict {
        case .fault(let message):
            fault(message.replacingColumnByKey)
            return .carried
        case .meaning(.carried): return .carried
        case .meaning(.linkField(let name, _)):
            fault(
                "key \(SafeText.quoted(key)): in JSON, fields of an update stand in "
                    + "\"fields\": {\"\(name)\": …}")
            return .carried
        case .meaning(.known(let column)):
            guard let index = KnownColumn.allCases.firstIndex(of: column) else {
                preconditionFailure("\(column) is not among KnownColumn.allCases")
            }
            return .column(index)
        }
    }
}

extension String {
    /// The words for a header's column are those for a key, but for one.
    fileprivate var replacingColumnByKey: String {
        guard hasPrefix("column ") else { return self }
        return "key " + dropFirst("column ".count)
    }
}
