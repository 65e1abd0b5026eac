import JobModel

/// What `--column` says of a manifest's own names: `record_id="Campaign Id"`,
/// `field:list_price:number=Price`, or `carry=Mobile` for a column of the user's own whose name
/// looks like a misspelt one of ours.
package struct ColumnMap: Equatable, Sendable {
    /// One name and what it means.
    package struct Entry: Equatable, Sendable {
        package var meaning: ColumnMeaning
        /// The header (or JSON key) in the manifest; compared without regard to case.
        package var header: String

        package init(meaning: ColumnMeaning, header: String) {
            self.meaning = meaning
            self.header = header
        }
    }

    /// Why an argument of `--column` cannot be taken.
    package struct Fault: Error, Equatable, Sendable {
        /// What is wrong and what to write instead; lower case, no full stop.
        package var message: String

        package init(message: String) {
            self.message = message
        }
    }

    /// The word that keeps a column as the user's own.
    package static let carryWord = "carry"

    package private(set) var entries: [Entry] = []

    package init() {}

    /// A map of entries.
    ///
    /// - Throws: when a header or a known column stands twice.
    package init(_ entries: [Entry]) throws(Fault) {
        for entry in entries { try append(entry) }
    }

    /// Reads arguments of `--column`, each `name=header`.
    package init(arguments: [String]) throws(Fault) {
        for argument in arguments { try append(ColumnMap.entry(argument)) }
    }

    /// What the map says a header means; nil when it says nothing.
    package func meaning(ofHeader header: String) -> ColumnMeaning? {
        let folded = header.lowercased()
        return entries.first { $0.header.lowercased() == folded }?.meaning
    }

    private mutating func append(_ entry: Entry) throws(Fault) {
        guard !entry.header.isEmpty else {
            throw Fault(message: "--column needs a header after the \"=\"")
        }
        if meaning(ofHeader: entry.header) != nil {
            throw Fault(
                message: "--column names the header \(SafeText.quoted(entry.header)) twice")
        }
        if entry.meaning != .carried, entries.contains(where: { $0.meaning == entry.meaning }) {
            throw Fault(
                message: "--column names two headers for \(ColumnNaming.name(of: entry.meaning))")
        }
        entries.append(entry)
    }

    private static func entry(_ argument: String) throws(Fault) -> Entry {
        // By scalars: as a character "=" may swallow a combining mark that a header begins with.
        let scalars = argument.unicodeScalars
        guard let sign = scalars.firstIndex(of: "=") else {
            throw Fault(
                message: "--column \(SafeText.quoted(argument)) lacks a \"=\": write it as "
                    + "record_id=\"Campaign Id\"")
        }
        let name = String(argument[..<sign])
        let header = String(scalars[scalars.index(after: sign)...])
        if name.lowercased() == carryWord { return Entry(meaning: .carried, header: header) }
        switch ColumnNaming.verdict(on: name) {
        case .meaning(.carried):
            let known = KnownColumn.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(
                message: "--column does not know \(SafeText.quoted(name)): the left side is one of "
                    + "\(known), field:API_Name[:type] or \(carryWord)")
        case .meaning(let meaning): return Entry(meaning: meaning, header: header)
        case .fault(let message): throw Fault(message: "--column: \(message)")
        }
    }
}
