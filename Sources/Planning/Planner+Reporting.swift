import JobModel
import ManifestReading

/// Reads cells and reports all their faults.
extension Planner {
    /// Adds a finding of a rule about a row.
    func report(_ finding: Finding, at position: SourcePosition, row: UInt32) {
        diagnostics.append(
            Diagnostic(
                at: position, finding.message, skippableRow: finding.isSkippable ? row : nil))
    }

    /// Adds a finding about a cell, or about one byte of its text.
    func report(
        _ finding: Finding, _ source: CellSource, _ place: RowPlace, byte: Int? = nil
    ) {
        report(finding, at: place.position(source, byte: byte), row: place.row)
    }

    /// The bytes of a required text cell; nil, with the fault reported, if it is absent or not
    /// text.
    func text(_ column: KnownColumn, _ place: RowPlace) -> [UInt8]? {
        let source = sources[column]
        let cell = place.cell(source)
        if cell.isAbsent {
            reportMissing(column, place)
            return nil
        }
        guard place.type(source) == .text else {
            report(
                Finding(
                    "\"\(column.rawValue)\" is \(SafeText.quoted(bytes: cell.array)); it is a "
                        + "name and must be a JSON string"), source, place)
            return nil
        }
        return cell.array
    }

    /// The value of a cell by a rule; nil, with the fault reported, if it violates the rule.
    func checked<Value>(
        _ column: KnownColumn, _ place: RowPlace, _ body: () throws(Finding) -> Value
    ) -> Value? {
        do {
            return try body()
        } catch {
            report(error, sources[column], place)
            return nil
        }
    }

    /// The id in a cell; 0, with the fault reported, when there is none.
    func recordID(_ column: KnownColumn, _ place: RowPlace) -> UInt64 {
        let source = sources[column]
        let cell = place.cell(source)
        if cell.isAbsent {
            reportMissing(column, place)
            return 0
        }
        let id = RecordIDRule.id(in: cell)
        if id == 0 {
            report(RecordIDRule.fault(in: cell.array, column: column.rawValue), source, place)
        }
        return id
    }

    /// Reports a cell that neither the row nor a default supplies; once for a CSV file, where all
    /// rows lack it.
    func reportMissing(_ column: KnownColumn, _ place: RowPlace) {
        if !isJSON {
            guard !reportedMissing.contains(column) else { return }
            reportedMissing.append(column)
        }
        let position =
            isJSON
            ? place.block.position(row: place.index, column: 0)
            : SourcePosition(line: 1, column: 1)
        report(MissingColumnRule.finding(column, isJSON: isJSON), at: position, row: place.row)
    }
}

/// Where the cells of every known column come from.
struct CellSources {
    private let all: [CellSource]

    init(_ source: (KnownColumn) -> CellSource) {
        all = KnownColumn.allCases.map(source)
    }

    subscript(column: KnownColumn) -> CellSource {
        guard let place = KnownColumn.allCases.firstIndex(of: column) else {
            preconditionFailure("\(column) is not among KnownColumn.allCases")
        }
        return all[place]
    }
}
