import Foundation
import Testing

/// Checks the import rules between targets.
@Suite struct `layers` {
    /// Targets in layer order; each may import the preceding ones.
    static let pipeline = [
        "SystemCalls", "JSONText", "JobModel", "ZohoAPI", "ManifestReading", "Planning", "Chunking",
        "Journaling", "Execution", "Running", "Reporting", "CommandLineTool", "relsweep",
    ]

    /// The simulator is separate: it must not share a misreading with the product.
    static let simulatorMayImport: Set = ["SystemCalls", "JSONText"]

    static let pureTargets: Set = [
        "JSONText", "JobModel", "ZohoAPI", "ManifestReading", "Planning", "Chunking", "Execution",
    ]

    /// The torture harness is imported only by its executable and its tests.
    static let besideThePipeline = ["TortureTesting", "relsweep-torture"]

    /// What shells may import from outside.
    static let platform: Set = ["Dispatch", "Glibc", "Synchronization"]

    static func imports(_ file: SourceTree.File) -> [String] {
        file.code.compactMap { _, text in
            let words = text.split(separator: " ").filter { $0 != "package" && $0 != "internal" }
            guard words.first == "import", words.count >= 2 else { return nil }
            return String(words[words.count - 1].split(separator: ".")[0])
        }
    }

    static func allowed(for target: String) -> Set<String> {
        if target == "Simulator" { return simulatorMayImport.union(platform) }
        if target == "TortureTesting" {
            return allowed(for: "Reporting").union(["Simulator"])
        }
        if target == "relsweep-torture" { return platform.union(["TortureTesting"]) }
        guard let place = pipeline.firstIndex(of: target) else { return [] }
        var allowed = Set(pipeline[..<place])
        if pureTargets.contains(target) {
            allowed.remove("SystemCalls")
            return allowed
        }
        allowed.formUnion(platform)
        if target == "Running" { allowed.insert("CCurl") }
        if target == "CommandLineTool" { allowed.insert("Simulator") }
        return allowed
    }

    @Test func `every import points to the left`() {
        for file in SourceTree.productFiles {
            let allowed = Self.allowed(for: file.target)
            for name in Self.imports(file) where !allowed.contains(name) {
                Issue.record("\(file) imports \(name), which \(file.target) may not")
            }
        }
    }

    @Test func `every source folder is a target of the pipeline`() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: SourceTree.root.appending(path: "Sources").path)
        let known = Set(Self.pipeline + Self.besideThePipeline + ["Simulator", "CCurl"])
        #expect(Set(folders).subtracting(known).isEmpty)
    }

    @Test func `errno and EINTR are touched in SystemCalls only`() {
        for file in SourceTree.productFiles where file.target != "SystemCalls" {
            for (number, text) in file.code
            where text.contains("EINTR")
                || text.range(of: #"(^|[^.\w])errno\b"#, options: .regularExpression) != nil
            {
                // `errno` as a label or member of SystemError is a name, not the variable.
                guard !text.contains("errno:"), !text.contains(".errno") else { continue }
                Issue.record("\(file):\(number) reads errno")
            }
        }
    }

    @Test func `there are no package dependencies`() throws {
        let manifest = try #require(SourceTree.text("Package.swift"))
        #expect(!manifest.contains(".package("))
    }
}
