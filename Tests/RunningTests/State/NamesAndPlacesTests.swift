import JobModel
import SystemCalls
import TestSupport
import Testing

@testable import Running

@Suite struct NamesAndPlacesTests {
    @Test func `a run's name sorts by its start and contains it`() throws {
        let first = RunIdentifier(wallMilliseconds: 1_795_224_575_123, after: nil, random: 0xAB)
        #expect(first.text == "20261121T012935.123Z-0000ab")
        #expect(first.wallMilliseconds == 1_795_224_575_123)
        #expect(RunIdentifier(first.text) == first)
    }

    @Test func `a clock that was set back still gives a later name`() {
        let first = RunIdentifier(
            wallMilliseconds: 1_795_224_575_999, after: nil, random: .max)
        let second = RunIdentifier(wallMilliseconds: 5, after: first, random: 0)
        #expect(first < second)
        #expect(second.text == "20261121T012936.000Z-000000")
    }

    @Test func `other directories are no runs`() {
        for name in ["", "lock", "20261121T012935.123Z-0000AB", "20261121T012935123Z--0000ab"] {
            #expect(RunIdentifier(name) == nil)
        }
    }

    @Test func `a job is named after its manifest and the directory it is in`() {
        let one = JobName(manifestName: "night ly.csv", directory: "/a", isSimulated: false)
        let two = JobName(manifestName: "night ly.csv", directory: "/b", isSimulated: false)
        #expect(one.text.hasPrefix("night-ly-"))
        #expect(one.text.utf8.count == "night-ly-".utf8.count + 8)
        #expect(one != two)
        let simulator = JobName(manifestName: "night ly.csv", directory: "/a", isSimulated: true)
        #expect(simulator.text == one.text + ".simulated")
    }

    @Test(arguments: [
        "", ".", "..", "...", "a/b", "/", ".hidden", "-x", "tokens", "a\nb", "x.simulated",
        String(repeating: "a", count: 121),
    ])
    func `a name that could lead elsewhere is refused`(name: String) {
        #expect {
            try JobName(given: name, isSimulated: false)
        } throws: { error in
            (error as? RunningError)?.exit == .usage
        }
    }

    @Test(arguments: ["a", "nightly.campaigns-2_x", String(repeating: "a", count: 120)])
    func `a plain name is taken`(name: String) throws {
        #expect(try JobName(given: name, isSimulated: false).text == name)
        #expect(try JobName(given: name, isSimulated: true).text == name + ".simulated")
    }

    @Test func `the state root is found in its order`() throws {
        let all = [
            "STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "XDG_STATE_HOME": "/xdg",
            "HOME": "/people/u",
        ]
        func root(_ flag: String?, without names: [String]) throws(RunningError) -> String {
            try StateDirectory.root(flag: flag) { names.contains($0) ? nil : all[$0] }
        }
        #expect(try root("/flag", without: []) == "/flag")
        #expect(try root(nil, without: []) == "/var/lib/a")
        #expect(try root(nil, without: ["STATE_DIRECTORY"]) == "/xdg/relsweep")
        #expect(
            try root(nil, without: ["STATE_DIRECTORY", "XDG_STATE_HOME"])
                == "/people/u/.local/state/relsweep")
        #expect(throws: RunningError.self) {
            try root(nil, without: ["STATE_DIRECTORY", "XDG_STATE_HOME", "HOME"])
        }
    }

    @Test func `a job directory is private, and a link in its place is refused`() throws {
        let temporary = try TemporaryDirectory()
        let state = StateDirectory(root: temporary.path + "/state")
        let job = state.job(try JobName(given: "nightly", isSimulated: false))
        try job.create()
        try job.create()
        #expect(try FileSystem.status(of: job.path).permissions == 0o700)
        let run = try job.createRun(
            RunIdentifier(wallMilliseconds: 0, after: nil, random: 1))
        #expect(try FileSystem.status(of: run.path).permissions == 0o700)
        #expect(try job.runs() == [run])
        #expect(try state.jobs() == [job])
        #expect(run.job == job)

        let linked = state.job(try JobName(given: "linked", isSimulated: false))
        try symbolicLink(linked.path, to: temporary.path)
        #expect(throws: RunningError.self) { try linked.create() }
        #expect(try state.jobs() == [job])
    }

    @Test func `a run is found by its directory and by its journal`() throws {
        let temporary = try TemporaryDirectory()
        let journal = try temporary.write("", to: "journal.jsonl")
        let other = try temporary.write("", to: "manifest.csv")
        #expect(try RunDirectory.locate(temporary.path).path == temporary.path)
        #expect(try RunDirectory.locate(journal).path == temporary.path)
        #expect(throws: RunningError.self) { try RunDirectory.locate(other) }
        #expect(throws: RunningError.self) { try RunDirectory.locate(other + ".missing") }
    }

    @Test func `the space check asks for twice the estimate`() throws {
        let run = RunDirectory(path: "/nowhere")
        let estimate = RunDirectory.estimatedByteCount(
            rows: 10_000, items: 10_000, calls: 100, manifestByteCount: 640_000)
        #expect(estimate > 2 * 640_000)
        try run.checkSpace(estimate: estimate, available: estimate * 2)
        #expect {
            try run.checkSpace(estimate: estimate, available: estimate * 2 - 1)
        } throws: {
            ($0 as? RunningError)?.exit == .journal
        }
    }
}
