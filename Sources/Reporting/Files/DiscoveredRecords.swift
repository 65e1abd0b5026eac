internal import Execution
internal import JSONText
internal import JobModel
internal import Journaling
internal import ManifestReading
package import Running
package import SystemCalls
internal import ZohoAPI

/// The output of `discover`, a pure function of the run's journal: the requested output, and
/// `discovered.csv` in the run directory with every child.
///
/// - `delink`: a manifest of relations to remove. A deleted record cannot be addressed any more, so
///   each row is written from the child's side: `module` is the child's, `related_id` the deleted
///   record. Only documented or configured relations are included; a delink on another list could
///   delete records.
/// - `update`: the same rows as updates, the fields that were read as `field:` columns.
/// - `list`: every child with its fields.
///
/// The output is written only after all deleted parents were read completely; `discovered.csv`
/// contains what was read so far. Files are written to a temporary name and renamed. A child is
/// listed once per parent and list.
package struct DiscoveredRecords: Sendable {
    /// The result of writing the output.
    package enum Output: Equatable, Sendable {
        case written(Written)
        /// A file of that name exists and must not be replaced: unchanged.
        case alreadyExists
        /// Number of deleted parents not read completely: no output is written; an existing file is
        /// unchanged.
        case incomplete(unread: Int)
    }

    /// The written output.
    package struct Written: Equatable, Sendable {
        /// Total children.
        package var children = 0
        /// Rows of the output.
        package var rows = 0
        package var path: String
        package var form: DiscoverySettings.Form

        /// Children omitted from the output.
        package var excluded: Int { children - rows }
    }

    private let report: RunResult
    private let discovery: DiscoverySettings
    private let addedLists: [RelatedListName]

    package init(_ report: RunResult, _ discovery: DiscoverySettings) {
        self.report = report
        self.discovery = discovery
        do throws(RunningError) {
            addedLists = try PinnedSettings.manifestSettings(of: report.header).allowedPairs.map {
                RelatedListName(module: $0.module, relatedList: $0.relatedList)
            }
        } catch {
            preconditionFailure(
                "the pinned settings of a planned run are unreadable: \(error.text)")
        }
    }

    /// Writes both files, or only `discovered.csv` if reading is incomplete.
    package func write() throws(SystemError) -> Output {
        let unread = report.planned.items - report.ending.progress.counts[.listed]
        var columns = FieldColumns()
        if discovery.form != .delink {
            try forEachChild { _, child throws(SystemError) in columns.collect(child.fields) }
        }
        let all = try ReportFile(report.directory.discoveredPath)
        let output: ReportFile
        do throws(SystemError) {
            output = try ReportFile(discovery.outputPath, of: report.header.run)
        } catch {
            all.discard()
            throw error
        }
        var written = Written(path: discovery.outputPath, form: discovery.form)
        do throws(SystemError) {
            try append(
                ["relsweep_row", "deleted_module", "deleted_id", "related_list", "id", "output"]
                    + ["why"], to: all)
            try append(header(columns), to: output)
            try forEachChild { (call, child) throws(SystemError) in
                written.children += 1
                var why = exclusionReason(call.kind)
                if unread > 0, why == nil { why = DiscoveredRecords.waiting }
                if why == nil {
                    written.rows += 1
                    try append(row(call, child, columns), to: output)
                }
                try append(
                    [
                        call.rows.first.map { String($0) } ?? "", call.kind.module.text,
                        String(call.parent), call.kind.relatedList.text, String(child.id),
                        why == nil ? "yes" : "no", why ?? "",
                    ], to: all)
            }
            try all.finish()
            if unread > 0 {
                output.discard()
                return .incomplete(unread: unread)
            }
            if discovery.replaces {
                try output.finish()
            } else if try !output.finishUnlessExists() {
                return .alreadyExists
            }
        } catch {
            all.discard()
            output.discard()
            throw error
        }
        try FileSystem.synchroniseDirectory(FileSystem.directory(of: discovery.outputPath))
        return .written(written)
    }

    private static let waiting =
        "the output is written when every deleted record of the manifest has been read"

    private func forEachChild(
        _ body: (CallRecord, ChildRecord) throws(SystemError) -> Void
    ) throws(SystemError) {
        var steps = JournalSteps()
        var failure: SystemError?
        _ = try JournalFile.read(report.directory.journalPath) { _, record in
            guard failure == nil, let (call, answer) = steps.apply(record), let page = answer.page
            else { return }
            do throws(SystemError) {
                for child in page.children { try body(call, child) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Why a child is not in the output; nil if it is.
    private func exclusionReason(_ kind: RelationKind) -> String? {
        if discovery.form == .list { return nil }
        let (module, list) = (kind.relatedList, kind.module)
        if addedLists.contains(RelatedListName(module: module, relatedList: list)) { return nil }
        switch SupportedRelations.support(module: module.text, relatedList: list.text) {
        case .supported: return nil
        case .deletesChildren(let children):
            return "a delink at \(module)/\(list) would delete the \(children) themselves"
        case .notDocumented:
            return "no document says that \(module)/\(list) is many-to-many; if you know that it "
                + "is, delink.allowedLists can name it"
        }
    }

    private func header(_ columns: FieldColumns) -> [String] {
        switch discovery.form {
        case .delink: DiscoveredRecords.relation
        case .update: DiscoveredRecords.relation + columns.linkFieldNames
        // Lists are for spreadsheets; manifests contain the exact values.
        case .list:
            ["deleted_module", "deleted_id", "related_list", "id"]
                + columns.names.map { CSVField.neutralised($0) }
        }
    }

    private static let relation = [
        "operation", "module", "record_id", "related_list", "related_id",
    ]

    private func row(
        _ call: CallRecord, _ child: ChildRecord, _ columns: FieldColumns
    ) -> [String] {
        let (parent, list) = (call.kind.module.text, call.kind.relatedList.text)
        switch discovery.form {
        case .delink: return ["delink", list, String(child.id), parent, String(call.parent)]
        case .update:
            return ["update", list, String(child.id), parent, String(call.parent)]
                + columns.linkFieldCells(child.fields)
        case .list:
            return [parent, String(call.parent), list, String(child.id)]
                + columns.cells(child.fields).map { CSVField.neutralised($0, keepingNumbers: true) }
        }
    }

    private func append(_ fields: [String], to file: ReportFile) throws(SystemError) {
        try file.append { bytes in
            CSVField.append(fields, to: &bytes)
            bytes.append(0x0A)
        }
    }
}

/// The children's fields as columns in order of first appearance; `id` has its own column.
private struct FieldColumns {
    /// Further fields are omitted.
    static let maximumCount = 200

    private(set) var names: [String] = []
    private var types: [LinkFieldType?] = []

    /// Those that can be link fields: API names that do not begin with `$`.
    var linkFieldNames: [String] {
        linkFields.map { index in
            let type = types[index] ?? .string
            return "field:\(names[index])" + (type == .string ? "" : ":\(type.rawValue)")
        }
    }

    private var linkFields: [Int] { names.indices.filter { APIName.isValid(names[$0].utf8) } }

    mutating func collect(_ fields: String) {
        for (key, value) in members(fields) {
            let type = FieldColumns.type(of: value)
            if let index = names.firstIndex(of: key) {
                // A field with varying types is JSON, which accepts any value.
                if let type, let known = types[index], known != type { types[index] = .json }
                if types[index] == nil { types[index] = type }
            } else if names.count < FieldColumns.maximumCount {
                names.append(key)
                types.append(type)
            }
        }
    }

    /// The cells of `names`.
    func cells(_ fields: String) -> [String] {
        let members = members(fields)
        return names.map { name in
            members.first { $0.key == name }.map { FieldColumns.text($0.value) } ?? ""
        }
    }

    /// The cells of `linkFieldNames`.
    func linkFieldCells(_ fields: String) -> [String] {
        let members = members(fields)
        return linkFields.map { index in
            guard let value = members.first(where: { $0.key == names[index] })?.value else {
                return ""
            }
            return types[index] == .json && value != .null
                ? JSONWriter.text(of: value) : FieldColumns.text(value)
        }
    }

    private static func type(of value: JSONValue) -> LinkFieldType? {
        switch value {
        case .null: nil
        case .string: .string
        case .number: .number
        case .bool: .boolean
        case .array, .object: .json
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .number(let number): number.text
        case .null: ""
        case .bool, .array, .object: JSONWriter.text(of: value)
        }
    }

    private func members(_ fields: String) -> [(key: String, value: JSONValue)] {
        if fields.isEmpty { return [] }
        do throws(JSONError) {
            let members = try JSONTree.parse(Array(fields.utf8)).object?.members ?? []
            return members.filter { $0.key != "id" }.map { (key: $0.key, value: $0.value) }
        } catch {
            // It was journalled as an object, and the checksum is valid.
            preconditionFailure("the journalled fields of a child record are not JSON: \(error)")
        }
    }
}
