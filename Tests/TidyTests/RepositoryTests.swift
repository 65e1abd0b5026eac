import Foundation
import Testing

/// Rules for files other than code.
@Suite struct `the repository` {
    @Test func `the top level holds what it may hold`() throws {
        let allowed: Set = ["Package.swift", "README.md", "Sources", "Tests", "jobs", "config"]
        let found = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.path)
            .filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
        #expect(Set(found).subtracting(allowed).isEmpty, "\(found)")
    }

    @Test func `the README names its two commands, and the check script runs the same tests`()
        throws
    {
        let readme = try #require(SourceTree.text("README.md"))
        #expect(
            readme.contains(
                "swift run -c release relsweep run jobs/campaign-cleanup.csv --simulate")
        )
        #expect(readme.contains("swift test"))
        let script = try #require(SourceTree.text(".ci/run"))
        #expect(script.contains("swift test"))
        #expect(script.contains("swift format lint --strict"))
    }

    @Test func `every target has a test folder`() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: SourceTree.root.appending(path: "Tests").path)
        for target in `layers`.pipeline + ["Simulator"] where target != "relsweep" {
            #expect(folders.contains("\(target)Tests"), "\(target) has no tests")
        }
    }

    @Test func `every test that the threat model names is there`() throws {
        let path = "Sources/Running/Running.docc/ThreatModel.md"
        let article = try String(
            contentsOf: SourceTree.root.appending(path: path), encoding: .utf8)
        let tests = SourceTree.swiftFiles.filter(\.isTest).flatMap(\.lines)
        let names = article.matches(of: #/``(.+?)``/#).map { String($0.1) }
        #expect(names.count > 30)
        for name in names {
            #expect(tests.contains { $0.contains("func `\(name)`(") }, "\(name)")
        }
    }

    @Test func `no path of one machine is in the tree`() {
        let words = ["/" + "work/", "/" + "home/", "/" + "root/", "/opt/" + "swift"]
        for suffix in [".swift", ".md", ".json5", ".service", ".timer", ".sh", ".py"] {
            for file in SourceTree.files(under: ["Sources", "Tests", "config"], suffix: suffix) {
                for (index, line) in file.lines.enumerated() {
                    for word in words where line.contains(word) {
                        Issue.record("\(file):\(index + 1) names \(word)")
                    }
                }
            }
        }
    }
}
