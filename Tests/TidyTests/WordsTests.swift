import Foundation
import Testing

/// Comments, texts and documentation use plain English. This file, which has the words, is exempt.
@Suite struct `words that are not used` {
    struct Word {
        /// A regular expression of whole words, in any case.
        let pattern: String
        let instead: String
        /// Files in which the word is allowed; the reason is beside them in the table.
        var allowed: Set<String> = []
    }

    static let words = [
        Word(pattern: "nobody|anybody|somebody|whoever", instead: "name the user or process"),
        Word(pattern: "stand|stands|stood", instead: "is, is in, occurs, is written"),
        Word(pattern: "mend|mends|mended", instead: "fix"),
        Word(pattern: "but for", instead: "except"),
        Word(pattern: "(carry|carries|carried|carrying) on", instead: "resume, continue"),
        Word(pattern: "(go|goes|went|gone) on with", instead: "continue"),
        Word(pattern: "turned round", instead: "reversed"),
        Word(pattern: "loudly|aloud", instead: "prominently, with a warning"),
        Word(pattern: "whence|whom|thereof|thereby|as yet", instead: "a plain clause"),
        Word(pattern: "a criteria(?!\\W+expression)", instead: "a criteria expression"),
        Word(pattern: "in (its|their) stead", instead: "instead"),
        Word(pattern: "under fire", instead: "fault injection, under faults"),
        Word(pattern: "twins?", instead: "copy, pair"),
        Word(pattern: "reckon|reckons|reckoned|reckoning", instead: "compute, count, convert"),
        Word(pattern: "(take|takes|taken|taking|took) up", instead: "resume"),
        Word(pattern: "remarks?", instead: "message, note"),
        // The types `Judgement`, `RoundJudgement` and so on are code, which is not read here.
        // The planted bugs' names (`judges-by-fault`) are printed and listed as they are.
        Word(pattern: "judgements?|judges?(?!-)|judged|judging", instead: "classification, check"),
        Word(pattern: "time-outs?", instead: "timeout"),
        Word(pattern: "broken (belief|promise)s?", instead: "state the violation and its values"),
        Word(pattern: "one verdict an?", instead: "per: one result per call"),
        // Zoho has an environment of this name; ours is the simulator.
        Word(pattern: "relsweep sandbox", instead: "relsweep simulator"),
    ]

    @Test func `comments, texts and documents use plain English`() throws {
        let scanner = try Scanner(Self.words)
        let code = SourceTree.swiftFiles.filter { $0.path != "Tests/TidyTests/WordsTests.swift" }
        #expect(code.count > 300 && Self.documents.count > 10)
        let suspects = code.filter { !scanner.findings(in: $0.lines, $0.path).isEmpty }
        let findings =
            suspects.flatMap { scanner.findings(in: Self.prose(of: $0.lines), $0.path) }
            + Self.documents.flatMap { scanner.findings(in: $0.lines, $0.path) }
        for finding in findings { Issue.record("\(finding)") }
    }

    @Test func `the scanner finds a word in a comment, a text and a test's name`() throws {
        let lines: [Substring] = [
            "let stands = 1  // It stands alone.", #"print("\"Nobody\" came")"#, "let nobody = 2",
            "func `is said loudly`() {", "\"\"\"", "a criteria, and a criteria", "expression",
            "\"\"\"", #"let remark = "a criteria expression""#,
        ]
        let found = try Scanner(Self.words).findings(in: Self.prose(of: lines), "A.swift")
        let places = found.map { String($0.prefix { $0 != "," }) }
        #expect(
            places == [
                "A.swift:1: stands", "A.swift:2: Nobody", "A.swift:4: loudly",
                "A.swift:6: a criteria",
            ])
    }

    /// README, the documentation's pages, jobs, configuration and scripts. The glossary names old
    /// terms beside those that replace them.
    private static var documents: [SourceTree.File] {
        let pages = SourceTree.files(under: ["Sources", "Tests"], suffix: ".md")
            .filter { $0.path.contains(".docc/") && !$0.path.hasSuffix("/Glossary.md") }
        let readme = (SourceTree.text("README.md") ?? "")
            .split(separator: "\n", omittingEmptySubsequences: false)
        return pages + SourceTree.files(under: ["jobs", "config", ".ci"], suffix: "")
            + [SourceTree.File(path: "README.md", lines: readme)]
    }

    /// The comment, string literals and names in backticks of each line. Good enough for code that
    /// swift-format has laid out.
    private static func prose(of lines: [Substring]) -> [Substring] {
        var isInText = false
        return lines.map { line in
            let delimiterCount = line.ranges(of: "\"\"\"").count
            defer { if delimiterCount == 1 { isInText.toggle() } }
            if isInText || delimiterCount > 0 { return line }
            let parts = line.matches(of: ##/#".*?"#|"(?:\\.|[^"\\])*"|//.*|`[^`]+`/##)
            return Substring(parts.map { line[$0.range] }.joined(separator: "; "))
        }
    }

    private struct Scanner {
        private let words: [Word]
        private let expression: NSRegularExpression

        init(_ words: [Word]) throws {
            self.words = words
            let patterns = words.map(\.pattern).joined(separator: "|")
            expression = try NSRegularExpression(
                pattern: #"\b(?:\#(patterns))\b"#, options: .caseInsensitive)
        }

        func findings(in lines: [Substring], _ path: String) -> [String] {
            let text = lines.joined(separator: "\n")
            let whole = NSRange(text.startIndex..., in: text)
            return expression.matches(in: text, range: whole).compactMap { match in
                guard let range = Range(match.range, in: text) else { return nil }
                let found = String(text[range])
                let word = words.first {
                    found.range(
                        of: "^(?:\($0.pattern))$", options: [.regularExpression, .caseInsensitive])
                        != nil
                }
                guard let word, !word.allowed.contains(path) else { return nil }
                let number = text[..<range.lowerBound].count { $0 == "\n" } + 1
                return "\(path):\(number): \(found), use instead: \(word.instead)"
            }
        }
    }
}
