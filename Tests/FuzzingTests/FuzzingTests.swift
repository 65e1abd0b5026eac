import Foundation
import FuzzHarnesses
import Testing

/// The fuzzer's harnesses over the corpus and over mutations of it, the same ones in every run.
/// `Tests/Fuzzing/run` looks further, guided by coverage.
@Suite(.timeLimit(.minutes(20))) struct `foreign bytes` {
    /// Mutated inputs for each harness.
    static let mutationCount = 1_000

    @Test(arguments: Harness.allCases)
    func `every file of the corpus keeps the invariants`(_ harness: Harness) throws {
        let corpus = try Corpus(harness)
        #expect(!corpus.files.isEmpty)
        for file in corpus.files {
            expectKept(harness, file.bytes, "\(harness.rawValue)/\(file.name)")
        }
    }

    @Test(arguments: Harness.allCases.filter { $0 != .canary })
    func `mutations of the corpus keep the invariants`(_ harness: Harness) throws {
        var mutator = Mutator(corpus: try Corpus(harness), seed: 1)
        for number in 1...Self.mutationCount {
            let bytes = mutator.next()
            let isKept = expectKept(harness, bytes, "\(harness.rawValue), mutation \(number)")
            if !isKept { return }
        }
    }

    @Test func `a violated invariant is noticed`() throws {
        #expect(throws: BrokenInvariant("the canary sings")) {
            try Harness.canary.check(Array("bug!".utf8))
        }
        var mutator = Mutator(corpus: try Corpus(.canary), seed: 1)
        let isFound = (1...20_000).contains { _ in !Self.isKept(.canary, mutator.next()) }
        #expect(isFound)
    }

    private static func isKept(_ harness: Harness, _ bytes: [UInt8]) -> Bool {
        do throws(BrokenInvariant) {
            try harness.check(bytes)
            return true
        } catch {
            return false
        }
    }

    @discardableResult
    private func expectKept(_ harness: Harness, _ bytes: [UInt8], _ name: String) -> Bool {
        do throws(BrokenInvariant) {
            try harness.check(bytes)
            return true
        } catch {
            let input = Data(bytes).base64EncodedString()
            Issue.record("\(name): \(error.text)\ninput in base64: \(input)")
            return false
        }
    }
}
