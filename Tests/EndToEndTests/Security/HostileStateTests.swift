import Foundation
import Glibc
import Simulator
import TestSupport
import Testing

/// A state directory that another user modifies between two commands.
@Suite("a hostile state directory", .timeLimit(.minutes(60)), .fewAtOnce) struct HostileStateTests {
    /// Substitutes for relsweep's files.
    enum Plant: String, CaseIterable, Sendable {
        case link, danglingLink, secondName, pipe, directory
    }

    /// Replaces `path` by a substitute, through which `target` must not be changed.
    private func plant(_ plant: Plant, at path: String, target: String) throws {
        let files = FileManager.default
        if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
        switch plant {
        case .link: try files.createSymbolicLink(atPath: path, withDestinationPath: target)
        case .danglingLink:
            try files.createSymbolicLink(atPath: path, withDestinationPath: path + ".nowhere")
        case .secondName: try files.linkItem(atPath: target, toPath: path)
        case .pipe: #expect(mkfifo(path, 0o600) == 0)
        case .directory: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
    }

    private func precious(_ place: ProgramFixture) throws -> String {
        let target = place.folder.appending(path: "precious").path
        try Data("precious\n".utf8).write(to: URL(filePath: target))
        return target
    }

    private func isUntouched(_ target: String) -> Bool {
        FileManager.default.contents(atPath: target) == Data("precious\n".utf8)
            && !FileManager.default.fileExists(atPath: target + ".nowhere")
    }

    @Test(arguments: Plant.allCases)
    func `has a planted lock or journal, and the run is refused`(
        kind: Plant
    ) async throws {
        let place = try ProgramFixture(parents: 2, each: 1)
        #expect(try await place.run().status == 0)
        let run = try place.journal().deletingLastPathComponent()
        let target = try precious(place)
        let sent = place.simulator.ledger().counts.relationsRemoved
        let lock = run.deletingLastPathComponent().appending(path: "lock").path
        try plant(kind, at: lock, target: target)
        let refused = try await place.run(["--again"])
        #expect(refused.status == 74, "\(refused.errors)")
        #expect(refused.errors.contains("/lock"))
        try FileManager.default.removeItem(atPath: lock)

        let journal = run.appending(path: "journal.jsonl").path
        try plant(kind, at: journal, target: target)
        for words in [
            ["run", place.manifest.path, "--yes", "--again", "--state", place.state.path],
            ["resume", run.path], ["status", run.path],
        ] {
            let ended = try await place.start(words).end()
            #expect(ended.status == 74 || kind == .secondName, "\(words) \(ended.errors)")
            #expect(!ended.isSignalled)
        }
        #expect(isUntouched(target))
        #expect(place.simulator.ledger().counts.relationsRemoved == sent)
        #expect(FileManager.default.fileExists(atPath: run.path + "/manifest.csv"))
    }

    @Test(arguments: Plant.allCases.filter { $0 != .directory })
    func `has a planted report, and the report replaces it`(
        kind: Plant
    ) async throws {
        let place = try ProgramFixture(parents: 2, each: 1)
        #expect(try await place.run().status == 0)
        let run = try place.journal().deletingLastPathComponent()
        let target = try precious(place)
        let reports = ["results.csv", "failed.csv", "report.html", "summary.json"]
        // Without a new summary the reports are written again.
        for name in reports + reports.map({ $0 + ".tmp" }) {
            try plant(kind, at: run.path + "/" + name, target: target)
        }
        for name in ["summary.json"] where kind == .link || kind == .secondName {
            try FileManager.default.removeItem(atPath: run.path + "/" + name)
        }
        let ended = try await place.start(["resume", run.path]).end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(isUntouched(target))
        for name in reports {
            var status = stat()
            #expect(lstat(run.path + "/" + name, &status) == 0)
            #expect(status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1, "\(name)")
            #expect(status.st_mode & 0o777 == 0o600, "\(name)")
        }
    }

    @Test(arguments: [Plant.link, .pipe, .directory])
    func `has a planted manifest of a run, and nothing is sent`(
        kind: Plant
    ) async throws {
        let place = try ProgramFixture(parents: 3, each: 1, faults: "hang@2-9")
        let program = try place.start(place.runArguments + ["--concurrency", "1"])
        let simulator = place.simulator
        #expect(await eventually { simulator.ledger().counts.relationsRemoved == 1 })
        program.send(signal: SIGKILL)
        _ = await program.end()
        let run = try place.journal().deletingLastPathComponent().path
        let copy = place.folder.appending(path: "copy.csv").path
        try FileManager.default.copyItem(atPath: run + "/manifest.csv", toPath: copy)
        // Even a link to identical content: it may differ when read again.
        try plant(kind, at: run + "/manifest.csv", target: copy)
        let ended = try await place.start(["resume", run]).end()
        #expect(ended.status == 66, "\(ended.errors)")
        #expect(place.simulator.ledger().counts.relationsRemoved == 1)
    }

    @Test func `has a link in place of a job or a run, and neither is followed`() async throws {
        let place = try ProgramFixture(parents: 2, each: 1)
        #expect(try await place.run().status == 0)
        let run = try place.journal().deletingLastPathComponent().path
        let job = URL(filePath: run).deletingLastPathComponent().path
        let away = place.folder.appending(path: "away").path
        for (path, name) in [(run, "run"), (job, "job")] {
            try FileManager.default.moveItem(atPath: path, toPath: away)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: away)
            let ended = try await place.run(["--again"])
            #expect(ended.status == 74, "\(name) \(ended.errors)")
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: away, toPath: path)
        }
        #expect(place.simulator.ledger().counts.relationsRemoved == 2)
        #expect(try await place.run(["--again"]).status == 0)
    }

    @Test(arguments: ["000", "077", "022"])
    func `is its user's alone, whatever the umask`(umask: String) async throws {
        let place = try ProgramFixture(parents: 2, each: 1)
        let ended = try await place.start(
            place.runArguments, through: ["/bin/sh", "-c", "umask \(umask); exec \"$0\" \"$@\""]
        ).end()
        #expect(ended.status == 0, "\(ended.errors)")
        let files = FileManager.default
        let names = files.enumerator(atPath: place.state.path)?.allObjects as? [String] ?? []
        #expect(names.count >= 8, "\(names)")
        for path in [""] + names {
            var status = stat()
            #expect(lstat(place.state.path + "/" + path, &status) == 0)
            let isDirectory = status.st_mode & S_IFMT == S_IFDIR
            #expect(status.st_mode & 0o777 == (isDirectory ? 0o700 : 0o600), "\(path)")
        }
    }

    @Test func `that everybody can write to is refused, before anything is sent`() async throws {
        let place = try ProgramFixture(parents: 2, each: 1)
        #expect(try await place.run().status == 0)
        let run = try place.journal().deletingLastPathComponent().path
        let sent = place.simulator.ledger().counts.relationsRemoved
        #expect(chmod(place.state.path, 0o777) == 0)
        let open = try await place.run(["--again"])
        #expect(open.status == 78 && open.errors.contains("chmod o-w"), "\(open.errors)")
        #expect(chmod(place.state.path, 0o770) == 0)
        let shared = try await place.run()
        #expect(shared.status == 0 && shared.errors.contains("its group"), "\(shared.errors)")
        #expect(chmod(run, 0o777) == 0)
        let resumed = try await place.start(["resume", run]).end()
        #expect(resumed.status == 78 && resumed.errors.contains("chmod 700"), "\(resumed.errors)")
        #expect(place.simulator.ledger().counts.relationsRemoved == sent)
    }

    @Test(arguments: [
        "..csv", "-rf.csv", "...csv", "a b;$(touch x).csv", "~.csv", "tokens.csv", "*.csv",
        String(repeating: "n", count: 240) + ".csv",
    ])
    func `is never left through a manifest's name`(name: String) async throws {
        let place = try ProgramFixture(parents: 1, each: 1, name: name)
        let before = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        let ended = try await place.run()
        #expect(ended.status == 0, "\(ended.errors)")
        let after = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        let added = Set(after).subtracting(before)
        #expect(added.allSatisfy { $0 == "state" || $0.hasSuffix(".out") || $0.hasSuffix(".err") })
        let jobs = try FileManager.default.contentsOfDirectory(atPath: place.state.path)
        #expect(jobs.count == 1)
        let job = try #require(jobs.first)
        #expect(job.first?.isLetter == true && job.utf8.count <= 80, "\(job)")
        #expect(job.utf8.allSatisfy { $0 < 0x80 && ($0 == 0x2D || $0 == 0x5F || isWord($0)) })
    }

    private func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
    }

    @Test(arguments: ["../x", "..", ".", "a/b", "-x", ".x", "tokens", "{job: \"a\\u0000b\"}"])
    func `is never left through a job's name`(name: String) async throws {
        let place = try ProgramFixture(parents: 1, each: 1)
        let file = place.folder.appending(path: "c.json5")
        try Data(name.hasPrefix("{") ? name.utf8 : "{}".utf8).write(to: file)
        let words = name.hasPrefix("{") ? [] : ["--job=" + name]
        let ended = try await place.run(["--config", file.path] + words)
        #expect(ended.status == 64 || ended.status == 78, "\(ended.errors)")
        #expect(!FileManager.default.fileExists(atPath: place.state.path))
    }

    @Test func `is not another one for a NUL in a configured path`() async throws {
        let place = try ProgramFixture(parents: 1, each: 1)
        let file = place.folder.appending(path: "c.json5")
        for key in ["state", "caFile"] {
            let text = "{\(key): \"\(place.folder.path)/a\\u0000/b\"}"
            try Data(text.utf8).write(to: file)
            let ended = try await place.start(
                ["run", place.manifest.path, "--yes", "--config", file.path]
            ).end()
            #expect(ended.status == 78, "\(key) \(ended.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: place.folder.path + "/a"))
    }
}
