package import ManifestReading

/// Prefixes text that a spreadsheet would interpret as a formula with an apostrophe.
///
/// A formula starts with `=`, `+`, `-` or `@`, optionally after spaces and quotes, at the start of
/// a cell: at the start of the text and after every character that a spreadsheet may use as a
/// separator: `;`, tab, line break. Leading control characters may be dropped. Full-width signs
/// count as plain ones in East Asian locales.
extension CSVField {
    /// External text.
    ///
    /// - Parameter keepingNumbers: For a value of data, where a plain number is no formula: `-12.5`
    ///   stays.
    package static func neutralised(_ text: String, keepingNumbers: Bool = false) -> String {
        var bytes: [UInt8] = []
        appendNeutralised(Array(text.utf8)[...], keepingNumbers: keepingNumbers, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A whole RFC 4180 record; cells are otherwise unchanged.
    package static func appendNeutralised(_ row: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        var start = row.startIndex
        while true {
            let isQuoted = start < row.endIndex && row[start] == quote
            let content = isQuoted ? start + 1 : start
            let end = endOfCell(row, from: start, isQuoted: isQuoted)
            let contentEnd = max(content, isQuoted ? end - 1 : end)
            bytes += row[start..<content]
            appendNeutralised(row[content..<contentEnd], keepingNumbers: true, to: &bytes)
            bytes += row[contentEnd..<end]
            guard end < row.endIndex else { return }
            bytes.append(row[end])
            start = end + 1
        }
    }

    private static let quote = UInt8(ascii: "\"")

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ";") || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// The parts of a cell: the first one, and the text after each separator.
    private static func appendNeutralised(
        _ text: ArraySlice<UInt8>, keepingNumbers: Bool, to bytes: inout [UInt8]
    ) {
        // A leading tab or line break may be dropped or taken as a separator.
        if let first = text.first(where: { $0 != 0x20 }), first < 0x20, isSeparator(first) {
            bytes.append(apostrophe)
        }
        var start = text.startIndex
        while true {
            let end = text[start...].firstIndex(where: isSeparator) ?? text.endIndex
            let part = text[start..<end]
            if isFormula(part), !(keepingNumbers && isNumber(part)) { bytes.append(apostrophe) }
            bytes += part
            guard end < text.endIndex else { return }
            bytes.append(text[end])
            start = end + 1
        }
    }

    private static let apostrophe = UInt8(ascii: "'")

    /// Index of the comma after a cell, or the end of the row.
    private static func endOfCell(
        _ row: ArraySlice<UInt8>, from start: Int, isQuoted: Bool
    ) -> Int {
        var isWithin = false
        for index in start..<row.endIndex {
            // A doubled quote ends and reopens the quoting.
            if isQuoted, row[index] == quote { isWithin.toggle() }
            if !isWithin, row[index] == UInt8(ascii: ",") { return index }
        }
        return row.endIndex
    }

    private static func isFormula(_ text: ArraySlice<UInt8>) -> Bool {
        let rest = text.drop { $0 == 0x20 || $0 == quote }
        guard let first = rest.first else { return false }
        if signs.contains(first) || first < 0x20 || first == 0x7F { return true }
        // U+FF0B, U+FF0D, U+FF1D and U+FF20 in UTF-8.
        return first == 0xEF && rest.count >= 3 && rest[rest.startIndex + 1] == 0xBC
            && [0x8B, 0x8D, 0x9D, 0xA0].contains(rest[rest.startIndex + 2])
    }

    private static let signs = Array("=+-@".utf8)

    /// A sign, digits, and perhaps a point and more digits.
    private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        guard let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") else {
            return false
        }
        let parts = text.dropFirst().split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            }
    }
}
