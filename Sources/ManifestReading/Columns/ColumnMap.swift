import JobModel

/// The mapping given by `--column`: `record_id="Campaign Id"`, `field:list_price:number=Price`, or
/// `carry=Mobile` to keep a column whose name looks like a misspelt known one.
package struct ColumnMap: Equatable, Sendable {
    /// One argument of `--column`: `name=header`.
    package struct Entry: Equatable, Sendable {
        /// What a column is called elsewhere, as given: `record_id`.
        package let name: String
        package let meaning: ColumnMeaning
        /// The header (or JSON key) in the manifest; compared without regard to case.
        package let header: String

        /// As it is given to `--column`.
        package var argument: String { "\(name)=\(header)" }
    }

    /// Why an argument of `--column` is invalid.
    package struct Problem: Error, Equatable, Sendable {
        /// What is wrong and what to write instead; lower case, no full stop.
        package var message: String

        package init(message: String) {
            self.message = message
        }
    }

    /// The keyword that marks a column as the user's own.
    package static let carryWord = "carry"

    package private(set) var entries: [Entry] = []

    package init() {}

    /// A map of entries.
    ///
    /// - Throws: when two entries name one header or one known column.
    package init(_ entries: [Entry]) throws(Problem) {
        for entry in entries { try append(entry) }
    }

    /// The meaning that the map gives a header; nil if none.
    package func meaning(ofHeader header: String) -> ColumnMeaning? {
        let folded = header.lowercased()
        return entries.first { $0.header.lowercased() == folded }?.meaning
    }

    private mutating func append(_ entry: Entry) throws(Problem) {
        if meaning(ofHeader: entry.header) != nil {
            throw Problem(
                message: "--column names the header \(SafeText.quoted(entry.header)) twice")
        }
        if entry.meaning != .carried, entries.contains(where: { $0.meaning == entry.meaning }) {
            throw Problem(
                message: "--column names two headers for \(ColumnNaming.name(of: entry.meaning))")
        }
        entries.append(entry)
    }
}

extension ColumnMap.Entry {
    /// Reads `name=header`.
    package init(_ argument: String) throws(ColumnMap.Problem) {
        // Split by scalars: as a Character, "=" would absorb a combining mark at the start of a
        // header.
        let scalars = argument.unicodeScalars
        guard let sign = scalars.firstIndex(of: "=") else {
            throw ColumnMap.Problem(
                message: "\(SafeText.quoted(argument)) has no \"=\": write it as "
                    + "record_id=\"Campaign Id\"")
        }
        try self.init(
            name: String(argument[..<sign]),
            header: String(scalars[scalars.index(after: sign)...]))
    }

    /// - Throws: when no column has the name, or the header is empty.
    package init(name: String, header: String) throws(ColumnMap.Problem) {
        self.name = name
        self.header = header
        guard !header.isEmpty else {
            throw ColumnMap.Problem(message: "the header after the \"=\" is missing")
        }
        if name.lowercased() == ColumnMap.carryWord {
            meaning = .carried
            return
        }
        switch ColumnNaming.interpretation(of: name) {
        case .meaning(.carried):
            let known = KnownColumn.allCases.map(\.rawValue).joined(separator: ", ")
            throw ColumnMap.Problem(
                message: "unknown column \(SafeText.quoted(name)): the left side is one of "
                    + "\(known), field:API_Name[:type] or \(ColumnMap.carryWord)")
        case .meaning(let meaning): self.meaning = meaning
        case .fault(let message): throw ColumnMap.Problem(message: message)
        }
    }
}
