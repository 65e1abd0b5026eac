/// Fields of the CSV files that we write.
package enum CSVField {
    /// RFC 4180: quoted if it holds a comma, a quote or a line break.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
        }
        guard needsQuotes else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Words of the service that a spreadsheet would take for a formula get an apostrophe before
    /// them.
    ///
    /// The full-width signs count as the plain ones in spreadsheets set to East Asian languages.
    package static func neutralised(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, signs.contains(first) else { return text }
        return "'" + text
    }

    private static let signs = Array("=+-@\t\r\n\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars)
}
