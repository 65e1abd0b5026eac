package import JobModel
package import ManifestReading
import ZohoAPI

/// Resolves the cells operation, module and related_list, once per distinct text.
final class KindTable {
    /// What a row with these cells is.
    enum Target: Equatable {
        /// Work items of the kind with this index in `columns`.
        case items(Int)
        /// Deleted parents, of the list with this index in `deletedLists`.
        case deletedParents(Int)
        /// Creator jobs.
        case creatorJobs
    }

    private struct Entry {
        var operation: [UInt8]
        var module: [UInt8]
        var relatedList: [UInt8]
        var target: Target
    }

    private var entries: [Entry] = []
    /// In order of first appearance.
    private(set) var columns: [ItemColumns] = []
    /// Module and related list of deleted parents, in order of first appearance.
    private(set) var deletedLists: [RelatedListName] = []
    private let addedPairs: [RelatedListName]

    init(addedPairs: [RelatedListName]) {
        self.addedPairs = addedPairs
    }

    /// The target of cells accepted earlier; nil for new or invalid ones.
    func knownTarget(_ operation: Cell, _ module: Cell, _ relatedList: Cell) -> Target? {
        for entry in entries
        where KindTable.equal(module, entry.module)
            && KindTable.equal(relatedList, entry.relatedList)
            && KindTable.equal(operation, entry.operation)
        {
            return entry.target
        }
        return nil
    }

    /// Records cells that passed all rules.
    func remember(
        operation: Cell, module: Cell, relatedList: Cell, target: Target
    ) {
        entries.append(
            Entry(
                operation: operation.array, module: module.array, relatedList: relatedList.array,
                target: target))
    }

    /// The index of a kind's columns, made when it is new.
    func columnsIndex(of kind: RelationKind, isAddedByConfiguration: Bool) -> Int {
        if let index = columns.firstIndex(where: { $0.kind == kind }) { return index }
        columns.append(
            ItemColumns(kind: kind, isAddedByConfiguration: isAddedByConfiguration))
        return columns.count - 1
    }

    /// The index of a list of deleted parents, added when it is new.
    func deletedIndex(of list: RelatedListName) -> Int {
        if let index = deletedLists.firstIndex(of: list) { return index }
        deletedLists.append(list)
        return deletedLists.count - 1
    }

    /// Names that may have been meant in a column: Zoho's and the configuration's.
    var knownNames: [String] {
        SupportedRelations.names
            + addedPairs.flatMap { [$0.module.text, $0.relatedList.text] }
    }

    /// Whether the kind is allowed, and by what.
    func isAddedByConfiguration(
        _ list: RelatedListName, operation: Operation
    ) throws(Finding) -> Bool {
        try RelationRule.isAddedByConfiguration(list, operation: operation, added: addedPairs)
    }

    private static func equal(_ cell: Cell, _ bytes: [UInt8]) -> Bool {
        // An absent cell gets here only if the operation does not need it.
        guard max(cell.count, 0) == bytes.count else { return false }
        return bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return true }
            return Cell.equal(cell.bytes, start, buffer.count)
        }
    }
}

/// The columns used by an operation; defaults of other columns do not apply to its rows.
package enum OperationColumns {
    package static func reads(_ column: KnownColumn, _ operation: Operation) -> Bool {
        switch column {
        case .operation: true
        case .module, .recordID, .relatedList: operation != .deleteCreatorRecords
        case .relatedID:
            operation != .deleteCreatorRecords && operation != .discoverDeleted
        case .fields: operation == .update || operation == .discoverDeleted
        case .owner, .app, .report, .criteria, .skipWorkflow, .environment, .demoUser,
            .maximumRecords:
            operation == .deleteCreatorRecords
        }
    }
}
