import Foundation
import Testing

/// Runs the benchmarks with tiny inputs, to keep them working.
@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `the benchmarks` {
    @Test func `still work`() async throws {
        let place = try ProgramFixture(parents: 1)
        let program = Program.executable.deletingLastPathComponent().appending(path: "benchmarks")
        let ended = try await Program.run(
            ["--tiny"], in: place.folder, executable: program)
        #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
        #expect(ended.output.contains("calls/s"))
        #expect(ended.output.contains("rows/s"))
    }
}
