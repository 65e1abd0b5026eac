package import ManifestReading

/// The link fields of an update row, as the JSON object to send.
///
/// They are not stored by the planner. The sender rereads the row with `WorkItems.updateRows` and
/// `RowReader`. Numbers keep their text (50.56, 50.560, 19 digits), and a JSON manifest's object is
/// passed on unchanged.
package struct LinkFields: Sendable {
    /// The row is not valid, so it is not the one that was planned.
    package struct Problem: Error, Equatable, Sendable {
        /// What is wrong; lower case, no full stop.
        package var message: String
    }

    private let rule: LinkFieldRule
    private let fieldsColumn: Int?
    /// The default for rows without the key `fields`.
    private let defaultFields: [UInt8]?

    init(rule: LinkFieldRule, columns: ManifestColumns, defaultFields: [UInt8]?) {
        self.rule = rule
        fieldsColumn = columns.index(of: .fields)
        self.defaultFields = defaultFields
    }

    /// The JSON object of one row's link fields, `{}` when it has none; never a member `id`.
    ///
    /// - Parameters:
    ///   - block: As the reader gives it for the manifest that was planned.
    ///   - row: 0-based, within the block.
    /// - Throws: when the fields are not such as planning accepts.
    package func object(of block: RowBlock, row: Int) throws(Problem) -> [UInt8] {
        do throws(Finding) {
            guard block.cellTypes.isEmpty else {
                let given = fieldsColumn.flatMap { block.bytes(row: row, column: $0) }
                let bytes = given.map { Array($0) } ?? defaultFields ?? []
                guard !bytes.isEmpty else { return Array("{}".utf8) }
                _ = try rule.members(of: bytes, column: fieldsColumn ?? 0)
                return bytes
            }
            return try rule.object { block.bytes(row: row, column: $0).map { Array($0) } ?? [] }
        } catch {
            throw Problem(message: error.message)
        }
    }
}
