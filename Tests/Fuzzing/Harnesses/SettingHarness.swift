import CommandLineTool
import JobModel

/// The first byte picks a setting, the rest is its value: what is taken is the same when it is
/// written out, and numbers lie within their bounds; what is not is refused in words that can be
/// shown.
enum SettingHarness {
    private static let rows = SettingsTable.rows

    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        guard let first = bytes.first else { return }
        let row = rows[Int(first) % rows.count]
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch parsed(text, row) {
        case .success(let written):
            guard let written, !isAmbiguous(row) else { return }
            try checkBounds(written, row)
            let again = parsed(written, row)
            try require(
                again == .success(written),
                "\(row): \(text.debugDescription), written \(written), is \(again)")
        case .failure(let error): try TextInvariants.checkHarmless(error.message)
        }
    }

    /// The value as a user would write it.
    private static func parsed(_ text: String, _ row: SettingRow) -> Result<String?, ValueError> {
        Result { () throws(ValueError) in try row.type.parse([text]).text }
    }

    /// Percentages have more digits than are written.
    private static func isAmbiguous(_ row: SettingRow) -> Bool {
        row == .at(\.limits.maximumAbsent) || row == .at(\.limits.maximumFailures)
    }

    private static func checkBounds(
        _ written: String, _ row: SettingRow
    ) throws(BrokenInvariant) {
        if row == .at(\.speed.concurrency) {
            try require((1...1_000).contains(Int(written) ?? 0), "\(row) is \(written)")
        }
        if row == .at(\.target.accountsURL) || row == .at(\.target.creatorURL) {
            try require(
                written.hasPrefix("https://") || written.hasPrefix("http://"),
                "\(row) is \(written)")
        }
        if !row.type.choices.isEmpty {
            let words = written.split(separator: ",").map(String.init)
            try require(words.allSatisfy(row.type.choices.contains), "\(row) is \(written)")
        }
    }
}
