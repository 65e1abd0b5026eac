package import JobModel

/// A column that relsweep knows; its raw value is the header name (or JSON key).
package enum KnownColumn: String, CaseIterable, Sendable {
    case operation
    case module
    case recordID = "record_id"
    case relatedList = "related_list"
    case relatedID = "related_id"
    case owner, app, report, criteria
    case skipWorkflow = "skip_workflow"
    case environment
    case demoUser = "demo_user"
    case maximumRecords = "max_records"
    case fields
}

/// The JSON type a link field is sent with.
package enum LinkFieldType: String, CaseIterable, Sendable {
    case string, number, boolean, json
}

/// What one column of a manifest means.
package enum ColumnMeaning: Equatable, Sendable {
    case known(KnownColumn)
    /// `field:API_Name[:type]` of an update.
    case linkField(name: APIName, type: LinkFieldType)
    /// Carried, untouched, into the reports.
    case carried
}

/// The columns of a manifest. CSV: as the header row has them. JSON and JSON Lines: one for every
/// `KnownColumn`, in its declaration order; further keys of an object are checked for misspellings
/// and not part of the block.
package struct ManifestColumns: Equatable, Sendable {
    package var names: [String]
    package var meanings: [ColumnMeaning]

    package init(names: [String], meanings: [ColumnMeaning]) {
        precondition(
            names.count == meanings.count, "\(names.count) names for \(meanings.count) meanings")
        self.names = names
        self.meanings = meanings
    }

    /// The index of a known column; nil when the manifest does not have it.
    package func index(of column: KnownColumn) -> Int? {
        meanings.firstIndex(of: .known(column))
    }
}

/// Thousands of rows as one value of stored arrays: `package` functions are not inlined across
/// targets, so code that reads rows indexes these arrays itself.
///
/// Cell (row r, column c) is `text[cellStarts[i]..<cellEnds[i]]` with i = r × columnCount + c;
/// quotes are undone. A JSON object that lacks a key has `RowBlock.absent` as both start and end of
/// that cell: absent is not empty. In JSON blocks a string cell holds its unescaped text, a number
/// its own text byte for byte, true/false their words; arrays and objects (only `fields` and
/// `skip_workflow` may be such) hold their raw JSON text.
package struct RowBlock: Sendable {
    package static let absent = UInt32.max

    /// JSON type of a cell, for JSON blocks.
    package enum CellType: UInt8, Sendable { case text, number, boolean, structure }

    package var columnCount: Int
    /// 1-based number of the first data row of this block.
    package var firstRow: UInt32
    package var text: [UInt8] = []
    package var cellStarts: [UInt32] = []
    package var cellEnds: [UInt32] = []
    /// Empty for CSV, where every cell is text; otherwise one per cell.
    package var cellTypes: [CellType] = []
    /// 1-based line on which each row starts.
    package var rowLines: [UInt32] = []
    /// Byte offset in the file at which each row starts (for CSV its first cell, for JSON its `{`).
    package var rowOffsets: [UInt64] = []
    /// Bytes of each row in the file, without its line end; for JSON, from `{` to `}`.
    package var rowByteCounts: [UInt32] = []
    /// Offset in `text` at which each row starts.
    package var rowStarts: [UInt32] = []
    /// Where each value of a JSON block starts, 1-based and saturated; empty for CSV, where
    /// `position(row:column:)` works it out. For an absent cell, where its object starts.
    package var cellLines: [UInt32] = []
    package var cellColumns: [UInt32] = []
    /// Column at which each row of a JSON block starts; empty for CSV, where it is 1.
    package var rowColumns: [UInt32] = []

    package init(columnCount: Int, firstRow: UInt32) {
        self.columnCount = columnCount
        self.firstRow = firstRow
    }

    package var rowCount: Int { rowLines.count }
}
