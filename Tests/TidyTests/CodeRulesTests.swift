import Foundation
import Testing

/// Source code rules.
@Suite struct `code rules` {
    /// Banned words in product code, with replacements.
    static let banned: [(word: String, instead: String)] = [
        ("fatalError(", "preconditionFailure that says the violation, or an error"),
        ("try!", "a catch that decides"),
        ("as!", "a type that fits"),
        ("try?", "a catch that decides"),
        ("DispatchQueue.global(", "a queue with a name and an owner"),
        ("usleep(", "a timer"),
        ("Thread.sleep", "a timer"),
        ("Task.sleep", "a timer"),
        ("nonisolated(unsafe)", "a Mutex or a confined value"),
        ("import Foundation", "the standard library, or SystemCalls"),
        ("ObjectIdentifier.init(bitPattern", "a stable key"),
    ]

    /// Whether a line contains the word, not as the end of a longer one (`Entry?` is not `try?`).
    static func says(_ word: String, in text: String) -> Bool {
        guard let range = text.range(of: word) else { return false }
        return range.lowerBound == text.startIndex
            || !text[text.index(before: range.lowerBound)].isLetter
    }

    @Test func `banned words do not occur in the product`() {
        for file in SourceTree.productFiles {
            for (number, text) in file.code {
                for (word, instead) in Self.banned where Self.says(word, in: text) {
                    Issue.record("\(file):\(number) says \(word): use \(instead)")
                }
            }
        }
    }

    @Test func `tests neither sleep nor are switched off`() {
        let words = ["usleep(", "Thread.sleep", "Task.sleep", ".disabled(", "XCTSkip"]
        for file in SourceTree.swiftFiles where file.isTest && file.target != "TidyTests" {
            for (number, text) in file.code {
                for word in words where text.contains(word) {
                    Issue.record("\(file):\(number) says \(word)")
                }
            }
        }
    }

    /// A test that waits for something that never comes must fail, not hang.
    @Test func `suites whose tests wait have a time limit`() {
        for file in SourceTree.swiftFiles where file.isTest && file.target != "TidyTests" {
            let waits = file.code.contains {
                $0.text.contains("@Test") && $0.text.contains("async")
                    || $0.text.contains(/\bfunc `.*async/) || $0.text.contains(/^ +async throws/)
            }
            guard waits, file.lines.contains(where: { $0.contains("@Test") }) else { continue }
            if !file.lines.contains(where: { $0.contains(".timeLimit(") }) {
                Issue.record("\(file) waits without .timeLimit(…)")
            }
        }
    }

    /// One in the product, one in the simulator, which is separate; each with its proof above it.
    @Test func `unchecked sendability is claimed once per side`() {
        let claims = SourceTree.productFiles.flatMap { file in
            file.code.filter { $0.text.contains("@unchecked Sendable") }.map { _ in file }
        }
        #expect(claims.count { $0.target != "Simulator" } <= 1, "\(claims.map(\.path))")
        #expect(claims.count { $0.target == "Simulator" } <= 1, "\(claims.map(\.path))")
    }

    /// In tests an expected text is on one line, so that it can be searched for.
    @Test func `lines end at column 100`() {
        for file in SourceTree.swiftFiles {
            for (index, line) in file.lines.enumerated() where line.count > 100 {
                if file.isTest, line.contains("\"") { continue }
                Issue.record("\(file):\(index + 1) has \(line.count) columns")
            }
        }
    }

    /// Files past 500 lines, each with its reason.
    static let longFiles: [String: String] = [:]

    @Test func `files end at 500 lines`() {
        for file in SourceTree.swiftFiles
        where file.lines.count > 501 && Self.longFiles[file.path] == nil {
            Issue.record("\(file) has \(file.lines.count) lines")
        }
    }

    @Test func `functions end at 70 lines`() {
        let opening = #/^(\s*)([a-z]+ |@\w+(\(.*\))? )*(func|init)\b/#
        for file in SourceTree.productFiles {
            var start: (number: Int, indentation: Int)?
            for (index, line) in file.lines.enumerated() {
                // A body that ends on its own line has no end to look for.
                if start == nil, !line.hasSuffix("}"), let match = line.firstMatch(of: opening) {
                    start = (index, match.1.count)
                } else if let open = start,
                    line.hasPrefix(String(repeating: " ", count: open.indentation) + "}")
                {
                    if index - open.number > 70 {
                        Issue.record("\(file):\(open.number + 1) has \(index - open.number) lines")
                    }
                    start = nil
                } else if let open = start, line.trimmingCharacters(in: .whitespaces).isEmpty,
                    index == open.number + 1
                {
                    // A requirement of a protocol has no body.
                    start = nil
                }
            }
        }
    }

    @Test func `to-do notes name an issue`() {
        for file in SourceTree.swiftFiles where file.target != "TidyTests" {
            for (index, line) in file.lines.enumerated() {
                if line.contains("FIXME") || line.contains("XXX")
                    || (line.contains("TODO") && !line.contains("TODO(#"))
                {
                    Issue.record("\(file):\(index + 1) has a bare note")
                }
            }
        }
    }

    @Test func `package declarations of a type say what they are`() {
        let declaration = #/^(package|public) (?!import )[a-z]/#
        for file in SourceTree.productFiles {
            for (index, line) in file.lines.enumerated()
            where line.firstMatch(of: declaration) != nil {
                var above = index - 1
                while above >= 0, file.lines[above].hasPrefix("@") { above -= 1 }
                if above < 0 || !file.lines[above].hasPrefix("///") {
                    Issue.record("\(file):\(index + 1) has no doc comment")
                }
            }
        }
    }
}
