import JobModel
import ManifestReading
import Reporting
import Synchronization

/// External text for terminals, HTML and spreadsheets.
enum TextsHarness {
    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        let text = String(decoding: bytes, as: UTF8.self)
        var generator = FuzzGenerator(bytes: bytes)
        switch generator.next() % 4 {
        case 0: try checkPage(text)
        case 1: try checkField(text)
        case 2: try checkTerminal(text)
        default:
            let limits = [3, 100, Outcome.maximumMessageByteCount]
            try checkSanitised(bytes, text, limit: limits[Int(generator.next() % 3)])
        }
    }

    private static func checkSanitised(
        _ bytes: [UInt8], _ text: String, limit: Int
    ) throws(BrokenInvariant) {
        let safe = SafeText.sanitised(text, maximumByteCount: limit)
        try TextInvariants.checkSafe(safe, maximumByteCount: limit)
        try TextInvariants.checkSafe(
            SafeText.sanitised(bytes: bytes, maximumByteCount: limit), maximumByteCount: limit)
        try require(
            SafeText.sanitised(safe, maximumByteCount: limit) == safe,
            "\(safe.debugDescription) is not as safe as it could be")
        for quoted in [SafeText.quoted(text), SafeText.quoted(bytes: bytes)] {
            try TextInvariants.checkSafe(quoted, maximumByteCount: 2_000)
        }
    }

    private static func checkPage(_ text: String) throws(BrokenInvariant) {
        let escaped = HTMLText.escaped(text)
        for scalar in escaped.unicodeScalars where TextInvariants.isHarmful(scalar) {
            throw BrokenInvariant("U+\(scalar.value) in a page")
        }
        try require(
            !escaped.utf8.contains { "<>\"'".utf8.contains($0) }, "\(escaped) opens something")
        // By bytes: a character may swallow what a mark combines with.
        let parts = Array(escaped.utf8).split(
            separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
        for part in parts.dropFirst() {
            try require(
                ["amp;", "lt;", "gt;", "quot;", "#39;"].contains { part.starts(with: $0.utf8) },
                "a bare & in \(escaped)")
        }
    }

    /// The output is one cell and not a formula.
    private static func checkField(_ text: String) throws(BrokenInvariant) {
        let harmless = CSVField.neutralised(text)
        // Cells may be parted at other characters than commas, and lose their quotes.
        for part in harmless.unicodeScalars.split(whereSeparator: {
            ";\t\n\r".unicodeScalars.contains($0)
        }) {
            let first = part.first { $0 != " " && $0 != "\"" }
            try require(
                first.map {
                    !"=+-@\u{7F}\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains($0)
                        && $0.value >= 0x20
                } ?? true,
                "a spreadsheet would run \(harmless.debugDescription)")
        }
        guard !text.utf8.contains(0), harmless.utf8.count < 60_000 else { return }
        var file = Array("note,owner\n".utf8)
        CSVField.append(harmless, to: &file)
        file += Array(",x\n".utf8)
        var reader = ManifestReader(format: .csv)
        let blocks = reader.push(file) + reader.finish()
        guard let block = blocks.first, blocks.count == 1, block.rowCount == 1 else {
            throw BrokenInvariant("\(harmless.debugDescription) is written as no row")
        }
        let cell = block.text[Int(block.cellStarts[0])..<Int(block.cellEnds[0])]
        try require(
            cell.elementsEqual(harmless.utf8), "\(harmless.debugDescription) is read as \(cell)")
    }

    /// A line stays one line, and nothing controls the terminal.
    private static func checkTerminal(_ text: String) throws(BrokenInvariant) {
        let shown = Mutex("")
        let console = Console(style: Console.Style()) { text in
            shown.withLock { $0 += text }
        }
        console.error(text)
        var line = shown.withLock { $0 }
        try require(line.hasSuffix("\n"), "the line does not end")
        line.removeLast()
        try TextInvariants.checkSafe(line, maximumByteCount: 20_010)
    }
}
