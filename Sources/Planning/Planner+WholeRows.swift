import JobModel
import ManifestReading
import ZohoAPI

/// Rows that are one item each: Creator jobs and deleted parents.
extension Planner {
    /// Adds such a row; false, with findings reported, if it violates a rule.
    @inline(never)
    func addWholeRow(_ target: KindTable.Target?, _ place: RowPlace) -> Bool {
        switch target {
        case .deletedParents(let index): addDeletedParent(kinds.deletedLists[index], place)
        case .creatorJobs: addCreatorJob(place)
        case .items, nil:
            preconditionFailure("row \(place.row) is neither a Creator job nor a deleted parent")
        }
    }

    /// Reports cells that the operation does not use but that look like restrictions; true if there
    /// are any.
    func reportForeign(
        _ columns: [KnownColumn], operation: Operation, _ place: RowPlace
    ) -> Bool {
        var isForeign = false
        for column in columns where place.isFilled(sources[column]) {
            report(
                ForeignColumnRule.finding(column, operation: operation), sources[column], place)
            isForeign = true
        }
        return isForeign
    }

    // MARK: Deleted parents

    private func addDeletedParent(_ list: RelatedListName, _ place: RowPlace) -> Bool {
        let isForeign = reportForeign(
            ForeignColumnRule.ofCRM, operation: .discoverDeleted, place)
        let id = recordID(.recordID, place)
        let cell = place.cell(sources[.fields])
        let fields = checked(.fields, place) { () throws(Finding) in
            try FieldListRule.fields(in: cell.isAbsent ? [] : cell.array)
        }
        guard !isForeign, id != 0, let fields else { return false }
        if recordIDs.sample.wants(id) {
            recordIDs.sample.add(id, at: place.position(sources[.recordID]))
        }
        withUnsafePointer(to: id) { recordIDs.noteSizes($0, count: 1, lastRow: place.row) }
        wholeRows.add(
            DeletedParent(
                row: place.row, module: list.module, id: id, relatedList: list.relatedList,
                fields: fields))
        return true
    }

    // MARK: Creator jobs

    private func addCreatorJob(_ place: RowPlace) -> Bool {
        let isForeign = reportForeign(
            ForeignColumnRule.ofCreator, operation: .deleteCreatorRecords, place)
        let owner = creatorName(.owner, place)
        let app = creatorName(.app, place)
        let report = creatorName(.report, place)
        let environment = text(.environment, place).flatMap { bytes in
            checked(.environment, place) { () throws(Finding) in
                try CreatorRule.environment(in: bytes)
            }
        }
        let skipsWorkflow = checked(.skipWorkflow, place) { () throws(Finding) in
            try CreatorRule.skipsWorkflow(
                in: optionalBytes(.skipWorkflow, place), type: place.type(sources[.skipWorkflow]))
        }
        let demoUser = checked(.demoUser, place) { () throws(Finding) in
            try CreatorRule.demoUser(in: optionalBytes(.demoUser, place), environment: environment)
        }
        let maximum = maximumRecords(place)
        let criteria = criteria(place, hasExplicitMaximum: maximum?.isExplicit == true)
        guard !isForeign, let owner, let app, let report, let environment, let skipsWorkflow,
            let demoUser, let maximum, let criteria
        else { return false }
        wholeRows.add(
            CreatorJob(
                row: place.row, owner: owner, app: app, report: report, criteria: criteria,
                skipsWorkflow: skipsWorkflow, environment: environment, demoUser: demoUser,
                maximumRecords: maximum.count))
        return true
    }

    /// The bytes of an optional cell; empty if absent.
    private func optionalBytes(_ column: KnownColumn, _ place: RowPlace) -> [UInt8] {
        let cell = place.cell(sources[column])
        return cell.isAbsent ? [] : cell.array
    }

    private func creatorName(_ column: KnownColumn, _ place: RowPlace) -> String? {
        guard let bytes = text(column, place) else { return nil }
        return checked(column, place) { () throws(Finding) in
            try CreatorRule.name(in: bytes, column: column)
        }
    }

    private func maximumRecords(_ place: RowPlace) -> (count: Int, isExplicit: Bool)? {
        let bytes = optionalBytes(.maximumRecords, place)
        guard !bytes.isEmpty else { return (CreatorJob.defaultMaximumRecords, false) }
        let source = sources[.maximumRecords]
        let count = checked(.maximumRecords, place) { () throws(Finding) in
            try CreatorRule.maximumRecords(in: bytes, type: place.type(source))
        }
        guard let count else { return nil }
        if count < CreatorJob.recordsPerRound {
            diagnostics.append(
                Diagnostic(
                    .warning, at: place.position(source),
                    "a round may delete \(CreatorJob.recordsPerRound) records and \"max_records\" "
                        + "is \(count): none starts, unless creator.pin names the records first"))
        }
        return (count, true)
    }

    /// The criteria expression as written; nil, with all faults reported, if it is invalid.
    private func criteria(_ place: RowPlace, hasExplicitMaximum: Bool) -> String? {
        guard let bytes = text(.criteria, place) else { return nil }
        let source = sources[.criteria]
        guard !bytes.isEmpty else {
            report(
                Finding(
                    "column \"criteria\" is empty; it says which records are deleted, like "
                        + "Status==\"Closed\""), source, place)
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        var faults = Criteria.check(text)
        // A criteria expression that matches too much is not a cell error: never skippable.
        let isSkippable = !faults.isEmpty
        if faults.isEmpty {
            faults = Criteria.check(
                text, hasExplicitMaximum: hasExplicitMaximum,
                allowsDeleteAll: settings.allowsDeleteAll)
        }
        for fault in faults {
            report(
                Finding("criteria: \(fault.message)", isSkippable: isSkippable), source, place,
                byte: fault.offset)
        }
        return faults.isEmpty ? text : nil
    }
}
