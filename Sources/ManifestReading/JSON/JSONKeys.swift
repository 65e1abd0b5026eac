import JobModel

/// The meaning of the keys of JSON items, determined once per key.
struct JSONKeys: Sendable {
    /// A known column, or a carried member.
    enum Meaning: Equatable, Sendable {
        /// Index into `KnownColumn.allCases`.
        case column(Int)
        case carried
    }

    /// Maximum cached keys; further ones are interpreted each time.
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

    /// The entries of the map whose key never appeared, except `carry` entries: those have no
    /// effect if the key is missing, and it may be absent from a file with only some of a
    /// manifest's rows.
    var unseen: [ColumnMap.Entry] {
        zip(map.entries, isMappedKeySeen).filter { !$0.1 && $0.0.meaning != .carried }.map(\.0)
    }

    /// - Parameter fault: Receives the key's fault when first seen. Such a key counts as carried,
    ///   like a header's column.
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
                "key \(SafeText.quoted(key)): in JSON, fields of an update belong in "
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
    /// Messages for keys are those for header columns, except for one.
    fileprivate var replacingColumnByKey: String {
        guard hasPrefix("column ") else { return self }
        return "key " + dropFirst("column ".count)
    }
}
