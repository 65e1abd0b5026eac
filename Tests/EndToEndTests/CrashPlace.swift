import Foundation
import SandboxAPI
import Testing

/// One organisation for many small jobs, each with a folder, records and credentials of its own: a
/// slot is one case of a test that starts the binary again and again.
final class CrashPlace: Sendable {
    static let itemsPerSlot = 5
    private static let relationsOfSlot: [(campaign: UInt64, lead: UInt64)] = [
        (1, 1), (1, 2), (2, 3), (2, 4), (3, 5),
    ]
    /// Two calls of two items and one of one; the first alone, since a kind is tried first.
    static let callsPerSlot = 3

    /// Where preloading finds what ends a process at a system call; built beside the tests.
    static let shim = Program.executable.deletingLastPathComponent()
        .appending(path: "libSystemCallShim.so")

    let folder: URL
    let sandbox: SandboxServer
    let address: String

    init(
        slots: Int, faults: String = "",
        organisation: (inout OrganisationSettings) -> Void = { _ in }
    )
        throws
    {
        folder = URL(filePath: try #require(Self.realpath(FileManager.default.temporaryDirectory)))
            .appending(path: "relsweep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var world = World(.exact)
        var settings = SandboxSettings()
        settings.organisation.style = .v8
        settings.organisation.maximumActiveCalls = nil
        if !faults.isEmpty { settings.organisation.faults = try FaultPlan(parsing: faults) }
        for slot in 0..<slots {
            for (campaign, lead) in CrashPlace.relations(slot) {
                try world.addRelation(
                    module: "Campaigns", id: campaign, list: "Leads", relatedID: lead)
                try world.addRelation(
                    module: "Campaigns", id: campaign, list: "Leads", relatedID: lead + 50,
                    bystander: true)
            }
            settings.organisation.accounts.clients.append(
                .init(id: "1000.CLIENT\(slot)", secret: "secret\(slot)"))
            settings.organisation.accounts.refreshTokens.append(
                .init(token: "1000.refresh\(slot)", clientID: "1000.CLIENT\(slot)"))
        }
        organisation(&settings.organisation)
        sandbox = SandboxServer(settings, world: world)
        address = try sandbox.start()
    }

    deinit {
        sandbox.stop()
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            Issue.record("the folder could not be removed: \(error)")
        }
    }

    private static func realpath(_ url: URL) -> String? {
        guard let path = Foundation.realpath(url.path, nil) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    static func relations(_ slot: Int) -> [(campaign: UInt64, lead: UInt64)] {
        relationsOfSlot.map {
            let base = 3_652_397_000_000_000_003 + UInt64(slot) * 1_000
            return (base + $0.campaign * 100, base + $0.lead)
        }
    }

    /// One case.
    func slot(_ number: Int) throws -> CrashSlot { try CrashSlot(self, number) }

    /// Runs cases, a few at a time; what one throws is recorded with its name.
    func forEach<Case: Sendable>(
        _ cases: [Case], _ body: @escaping @Sendable (CrashSlot, Case) async throws -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for (number, one) in cases.enumerated() {
                if number >= 4 { await group.next() }
                group.addTask {
                    do {
                        try await body(try self.slot(number), one)
                    } catch {
                        Issue.record("\(one): \(error)")
                    }
                }
            }
        }
    }
}

/// One job of a `CrashPlace`.
struct CrashSlot: Sendable {
    let place: CrashPlace
    let number: Int
    let folder: URL

    fileprivate init(_ place: CrashPlace, _ number: Int) throws {
        self.place = place
        self.number = number
        folder = place.folder.appending(path: "slot-\(number)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var rows = "operation,module,record_id,related_list,related_id\n"
        for (campaign, lead) in CrashPlace.relations(number) {
            rows += "delink,Campaigns,\(campaign),Leads,\(lead)\n"
        }
        try rows.write(to: manifest, atomically: true, encoding: .utf8)
    }

    var manifest: URL { folder.appending(path: "job.csv") }
    var state: URL { folder.appending(path: "state") }
    var log: URL { folder.appending(path: "calls.log") }

    var environment: [String: String] {
        [
            "RELSWEEP_API_DOMAIN": place.address, "RELSWEEP_ACCOUNTS_URL": place.address,
            "RELSWEEP_CLIENT_ID": "1000.CLIENT\(number)",
            "RELSWEEP_CLIENT_SECRET": "secret\(number)",
            "RELSWEEP_REFRESH_TOKEN": "1000.refresh\(number)",
        ]
    }

    /// `shim`: what SystemCallShim.c is to do, without the prefix of its variables.
    func start(_ arguments: [String], shim: [String: String] = [:]) throws -> Program {
        var environment = environment
        if !shim.isEmpty {
            environment["LD_PRELOAD"] = CrashPlace.shim.path
            environment["SHIM_UNDER"] = state.path
            for (name, value) in shim { environment["SHIM_" + name] = value }
        }
        return try Program(
            arguments + ["--json", "--no-progress", "--concurrency", "1"], in: folder,
            environment: environment)
    }

    func run(
        _ extra: [String] = [], unfinished: String = "resume", shim: [String: String] = [:]
    ) async throws -> Program.Ended {
        try await start(
            ["run", manifest.path, "--yes", "--state", state.path, "--unfinished", unfinished]
                + extra, shim: shim
        ).end(within: 300)
    }

    func resume(_ extra: [String] = [], shim: [String: String] = [:]) async throws -> Program.Ended
    {
        try await start(
            ["resume", try #require(journals().first).path, "--state", state.path] + extra,
            shim: shim
        ).end(within: 300)
    }

    /// What a person does who finds the run stopped.
    enum Start: CaseIterable {
        /// `run` again.
        case run
        /// `resume` with the journal, where there is one that has begun.
        case resume
    }

    func takeUp(_ start: Start, shim: [String: String] = [:]) async throws -> Program.Ended {
        guard start == .resume, let journal = journals().first,
            try Data(contentsOf: journal).contains(0x0A)
        else { return try await run(shim: shim) }
        return try await resume(shim: shim)
    }

    // MARK: What is left

    private func names() -> [String] {
        FileManager.default.enumerator(atPath: state.path)?.allObjects as? [String] ?? []
    }

    func journals() -> [URL] {
        names().filter { $0.hasSuffix("/journal.jsonl") }.map { state.appending(path: $0) }
    }

    /// What the shim has counted: the names of the calls, and of their files, in their order.
    func calls() throws -> [(name: String, file: String)] {
        try String(contentsOf: log, encoding: .utf8).split(separator: "\n").map {
            let words = $0.split(separator: " ")
            return (String(words[1]), String(words[2].split(separator: "/").last ?? ""))
        }
    }

    /// A text for each rule that is broken.
    ///
    /// - Parameters:
    ///   - absentAtMost: Items that may have been asked for again.
    ///   - leavesTemporary: A file that could not be removed may still be there.
    func faults(
        of ended: Program.Ended, absentAtMost: Int, leavesTemporary: Bool = false
    ) throws -> [String] {
        var faults: [String] = []
        func check(_ holds: Bool, _ text: @autoclosure () -> String) {
            if !holds { faults.append(text()) }
        }
        check(ended.status == 0 && !ended.isSignalled, "exit \(ended.status): \(ended.errors)")
        check(ended.number("items") == CrashPlace.itemsPerSlot, "items: \(ended.output)")
        check(ended.number("pending") == 0, "pending: \(ended.output)")
        let absent = ended.number("absent") ?? -1
        let removed = ended.number("removed") ?? -1
        check(removed + absent == CrashPlace.itemsPerSlot, "outcomes: \(ended.output)")
        var asked = 0
        let ledger = place.sandbox.ledger()
        for (campaign, lead) in CrashPlace.relations(number) {
            let history = ledger.history(
                module: "Campaigns", id: campaign, list: "Leads", relatedID: lead)
            check(history?.removals == 1, "\(lead) removed \(history?.removals ?? -1) times")
            asked += history?.alreadyGone ?? 0
            let other = ledger.history(
                module: "Campaigns", id: campaign, list: "Leads", relatedID: lead + 50)
            check(other?.isPresent == true, "the bystander of \(lead) is gone")
        }
        // One more start may have asked again for what a start that was killed had asked for again.
        check(
            (absent...absentAtMost).contains(asked),
            "\(asked) were asked for again, and \(absent) are absent")
        return faults + (try faultsOfFiles(leavesTemporary))
    }

    /// Names that may lie in a state directory when nobody runs.
    private static let patterns = [
        #"^job-[0-9a-f]+$"#, #"^job-[0-9a-f]+/lock$"#, #"^job-[0-9a-f]+/[^/]+$"#, #"^tokens$"#,
        #"^tokens/[-0-9a-f]+\.(json|lock|new)$"#,
        #"^job-[0-9a-f]+/[^/]+/(manifest\.csv|journal\.jsonl|results\.csv|failed\.csv)$"#,
        #"^job-[0-9a-f]+/[^/]+/(report\.html|summary\.json|journal\.jsonl\.torn-\d+)$"#,
    ]

    private func faultsOfFiles(_ leavesTemporary: Bool) throws -> [String] {
        var faults: [String] = []
        let names = names()
        for name in names {
            let isKnown = CrashSlot.patterns.contains {
                name.range(of: $0, options: .regularExpression) != nil
            }
            let isTemporary = name.hasSuffix(".tmp") || name.hasSuffix(".new")
            if !isKnown, !(leavesTemporary && isTemporary) { faults.append("\(name) is left over") }
            let attributes = try FileManager.default.attributesOfItem(
                atPath: state.appending(path: name).path)
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
            let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
            if mode != (isFolder ? 0o700 : 0o600) {
                faults.append("\(name) has mode \(String(mode, radix: 8))")
            }
        }
        let runs = names.count {
            $0.range(of: #"^job-[^/]+/2[^/]+$"#, options: .regularExpression) != nil
        }
        if runs != 1 { faults.append("\(runs) runs are there") }
        return faults
    }
}
