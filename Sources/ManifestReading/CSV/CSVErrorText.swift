import JobModel

/// Messages for structural faults of CSV files.
enum CSVErrorText {
    /// - Parameters:
    ///   - text: the text in which the fault's offset counts.
    ///   - textOffset: where that text starts in the file.
    static func message(
        of fault: CSVTokenizer.Violation, _ text: [UInt8], _ textOffset: UInt64
    ) -> String {
        switch fault.kind {
        case .strayQuote:
            return "a quote within an unquoted cell: put the whole cell in quotes, and double the "
                + "quotes within it"
        case .nulByte:
            return "a NUL byte at offset \(textOffset + UInt64(fault.offset)): the file is damaged "
                + "or no text, export it again as UTF-8"
        case .loneReturn:
            return "a carriage return without a line feed at offset "
                + "\(textOffset + UInt64(fault.offset)): end lines with LF or CRLF, or put the "
                + "cell in quotes"
        case .textAfterQuote:
            let seen = SafeText.quoted(bytes: text[fault.offset...].prefix(1))
            return "found \(seen) after a closing quote, expected a comma or the end of the line: "
                + "double the quotes within a quoted cell; reading stopped here"
        case .unclosedQuote:
            return
                "the quote that opens here is never closed: close it, or double it if it belongs "
                + "to the text"
        case .rowTooLong:
            return "the row is longer than \(CSVTokenizer.maximumRowByteCount) bytes: a quote may "
                + "be missing that closes this cell; reading stopped here"
        }
    }

    static func wrongCellCount(_ count: Int, _ expected: Int) -> String {
        let cells = count == 1 ? "1 cell" : "\(count) cells"
        let advice =
            count > expected
            ? "put cells that hold commas in quotes" : "write a comma for each empty cell"
        return "the row has \(cells), expected \(expected) as in the header: \(advice)"
    }

    static func longCell(_ count: Int, _ limit: Int, _ name: String) -> String {
        "the cell \(name) has \(count) bytes, at most \(limit) are allowed: "
            + "shorten it, or look for a missing quote"
    }

    static func invalidUTF8(_ offset: UInt64, _ bytes: some Collection<UInt8>) -> String {
        let digits = bytes.prefix(4).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return "invalid UTF-8 at byte offset \(offset) (found \(digits.joined(separator: " "))): "
            + "save the file as UTF-8"
    }

    /// A quoted cell's text with doubled quotes unescaped.
    static func undoubled(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isSecond = false
        for scalar in text.unicodeScalars {
            isSecond = scalar == "\"" && !isSecond
            if !isSecond { result.append(scalar) }
        }
        return String(result)
    }
}
