package import JobModel
package import ManifestReading

/// Which columns rows of an operation are planned by: a default of any other column says nothing
/// to them.
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
