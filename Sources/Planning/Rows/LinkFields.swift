package import ManifestReading

/// The link fields of an update's row, as the JSON object that is sent.
///
/// They are not kept while planning: whoever sends an update reads the row again, by
/// `WorkItems.updateRows` and `RowReader`, and asks here. Numbers keep their text byte for byte
/// (50.56, 50.560 and 19 digits alike), and a JSON manifest's object is handed on as it was
/// written.
package struct LinkFields: Sendable {
    /// A row that planning would not have accepted: it is not the one that was planned.
    package struct Problem: Error, Equatable, Sendable {
        /// What is wrong; lower case, no full stop.
        package var message: String
    }

    private let rule: LinkFieldRule
    private let fieldsColumn: Int?
    /// What the manifest's defaults give rows without the key `fields`.
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
