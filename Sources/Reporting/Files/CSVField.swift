/// Fields of the CSV files that we write.
package enum CSVField {
    /// RFC 4180: quoted if it holds a comma, a quote or a line break.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == quote || byte == 0x0A || byte == 0x0D
        }
        guard needsQuotes else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        bytes.append(quote)
        for byte in text.utf8 {
            if byte == quote { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }

    /// Words of others that a spreadsheet would take for a formula get an apostrophe before them.
    ///
    /// A formula begins with `=`, `+`, `-` or `@`, perhaps after blanks; a tab or line break at the
    /// beginning makes the next cell begin with one, and other control characters may be dropped on
    /// the way. The full-width signs count as the plain ones in spreadsheets set to East Asian
    /// languages.
    package static func neutralised(_ text: String) -> String {
        isFormula(Array(text.utf8)[...]) ? "'" + text : text
    }

    /// The same for a value of data, where a plain number is none: `-12.5` stays.
    package static func neutralisedValue(_ text: String) -> String {
        harms(Array(text.utf8)[...]) ? "'" + text : text
    }

    /// The same for a whole row of data, whose cells otherwise stay byte for byte as they are.
    package static func appendNeutralised(_ row: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        var start = row.startIndex
        while true {
            let isQuoted = start < row.endIndex && row[start] == quote
            let content = isQuoted ? start + 1 : start
            let end = endOfCell(row, from: start, isQuoted: isQuoted)
            let cell = row[content..<max(content, isQuoted ? end - 1 : end)]
            bytes += row[start..<content]
            if harms(cell) { bytes.append(UInt8(ascii: "'")) }
            bytes += row[content..<end]
            guard end < row.endIndex else { return }
            bytes.append(row[end])
            start = end + 1
        }
    }

    private static let quote = UInt8(ascii: "\"")

    /// The place of the comma behind a cell, or the row's end.
    private static func endOfCell(
        _ row: ArraySlice<UInt8>, from start: Int, isQuoted: Bool
    ) -> Int {
        var isWithin = false
        for index in start..<row.endIndex {
            // A doubled quote ends and begins a quotation at once.
            if isQuoted, row[index] == quote { isWithin.toggle() }
            if !isWithin, row[index] == UInt8(ascii: ",") { return index }
        }
        return row.endIndex
    }

    private static func harms(_ text: ArraySlice<UInt8>) -> Bool {
        isFormula(text) && !isNumber(text)
    }

    private static func isFormula(_ text: ArraySlice<UInt8>) -> Bool {
        let rest = text.drop { $0 == 0x20 }
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
