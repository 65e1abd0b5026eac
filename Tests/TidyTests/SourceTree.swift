import Foundation

/// The repository as text: what the tidy tests read.
struct SourceTree {
    struct File: CustomStringConvertible {
        /// Relative to the repository.
        let path: String
        let lines: [Substring]

        var description: String { path }

        /// `Sources/Planning/Rules/Ids.swift` → `Planning`.
        var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

        var isTest: Bool { path.hasPrefix("Tests/") }

        /// Lines without comments and string literals, by line number from 1.
        var code: [(number: Int, text: String)] {
            lines.enumerated().map { ($0 + 1, SourceTree.withoutCommentsAndStrings($1)) }
        }
    }

    static let root: URL = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let swiftFiles: [File] = files(under: ["Sources", "Tests"], suffix: ".swift")

    static var productFiles: [File] { swiftFiles.filter { !$0.isTest } }

    static func text(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: root.appending(path: path).path)
        else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    static func files(under folders: [String], suffix: String) -> [File] {
        folders.flatMap { folder -> [File] in
            let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
            let paths = (names?.allObjects as? [String] ?? []).filter { $0.hasSuffix(suffix) }
                .sorted()
            return paths.compactMap { name in
                text("\(folder)/\(name)").map { text in
                    File(
                        path: "\(folder)/\(name)",
                        lines: text.split(separator: "\n", omittingEmptySubsequences: false))
                }
            }
        }
    }

    /// Good enough for code that swift-format has laid out: `//` ends a line, `"` opens and closes
    /// a literal.
    static func withoutCommentsAndStrings(_ line: Substring) -> String {
        var result = ""
        var isInString = false
        var previous: Character = " "
        for (character, next) in zip(line, line.dropFirst() + " ") {
            if isInString {
                if character == "\"", previous != "\\" { isInString = false }
                previous = previous == "\\" ? " " : character
                continue
            }
            if character == "/", next == "/" { break }
            if character == "\"" { isInString = true }
            result.append(character)
            previous = character
        }
        return result
    }
}
