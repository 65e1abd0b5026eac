import Foundation
import Simulator
import TestSupport
import Testing

/// A test fixture: directory, simulated organisation with ledger, and manifest.
final class ProgramFixture: Sendable {
    private let directory: TemporaryDirectory
    /// The simulator's, also when it has stopped: another test's server there would get the
    /// calls of this test's program.
    private let reservation: ReservedPort
    let manifest: URL
    let simulator: SimulatorServer
    let address: String
    let itemCount: Int
    let callCount: Int

    static let token = "1000.e2e-token-that-no-file-may-hold"

    /// `parents` campaigns with `each` leads, and beside every campaign one lead that the manifest
    /// does not name.
    init(
        parents: Int = 30, each: Int = 4, style: AnswerStyle = .v8, faults: String = "",
        latencyMilliseconds: Int64 = 0, name: String = "job.csv", maximumActiveCalls: Int? = 10
    ) throws {
        directory = try TemporaryDirectory()
        reservation = try ReservedPort()
        var world = World(.exact)
        var rows = "operation,module,record_id,related_list,related_id,note\n"
        for parent in 0..<parents {
            let campaign = Self.campaign(parent)
            for child in 0..<each {
                let lead = Self.lead(parent, child)
                try world.addRelation(
                    module: "Campaigns", id: campaign, list: "Leads", relatedID: lead)
                rows += "delink,Campaigns,\(campaign),Leads,\(lead),\"row, \(parent)\"\n"
            }
            try world.addRelation(
                module: "Campaigns", id: campaign, list: "Leads",
                relatedID: Self.lead(parent, 9_999),
                bystander: true)
        }
        manifest = directory.url.appending(path: name)
        try rows.write(to: manifest, atomically: true, encoding: .utf8)
        var settings = SimulatorSettings()
        settings.port = reservation.port
        settings.organisation.style = style
        settings.organisation.token = Self.token
        settings.organisation.maximumActiveCalls = maximumActiveCalls
        settings.organisation.latencyNanoseconds = latencyMilliseconds * 1_000_000
        if !faults.isEmpty { settings.organisation.faults = try FaultPlan(parsing: faults) }
        simulator = SimulatorServer(settings, world: world)
        address = try simulator.start()
        itemCount = parents * each
        callCount = parents
    }

    deinit {
        simulator.stop()
    }

    static func campaign(_ index: Int) -> UInt64 {
        3_652_397_000_000_327_001 + UInt64(index) * 1_013
    }
    static func lead(_ parent: Int, _ child: Int) -> UInt64 {
        3_652_397_000_001_000_003 + UInt64(parent) * 100_003 + UInt64(child) * 7
    }

    var environment: [String: String] {
        ["RELSWEEP_API_DOMAIN": address, "RELSWEEP_ACCESS_TOKEN": Self.token]
    }

    var folder: URL { directory.url }
    var state: URL { folder.appending(path: "state") }

    var runArguments: [String] {
        ["run", manifest.path, "--yes", "--state", state.path, "--json", "--no-progress"]
    }

    func start(_ arguments: [String], through wrapper: [String] = []) throws -> Program {
        try Program(arguments, in: folder, environment: environment, through: wrapper)
    }

    func run(_ extra: [String] = [], within seconds: Int = 600) async throws -> Program.Ended {
        try await start(runArguments + extra).end(within: seconds)
    }

    func resume(_ extra: [String] = [], within seconds: Int = 600) async throws -> Program.Ended {
        try await start(
            ["resume", try journal().path, "--json", "--no-progress"] + extra
        ).end(within: seconds)
    }

    /// The journal of the only run.
    func journal() throws -> URL {
        let names =
            FileManager.default.enumerator(atPath: state.path)?.allObjects as? [String] ?? []
        let journals = names.filter { $0.hasSuffix("/journal.jsonl") }
        #expect(journals.count == 1, "\(names)")
        return state.appending(path: try #require(journals.first))
    }

    var hasJournal: Bool {
        let names =
            FileManager.default.enumerator(atPath: state.path)?.allObjects as? [String] ?? []
        return names.contains { $0.hasSuffix("/journal.jsonl") }
    }

    /// Every relation of the manifest was removed exactly once, and nothing else changed.
    func expectLedgerEqualsManifest(_ location: SourceLocation = #_sourceLocation) {
        let ledger = simulator.ledger()
        #expect(ledger.seededRemaining == 0, sourceLocation: location)
        #expect(ledger.counts.relationsRemoved == itemCount, sourceLocation: location)
        #expect(ledger.counts.bystanderChanges == 0, sourceLocation: location)
        #expect(ledger.unwantedEffectCount == 0, sourceLocation: location)
        #expect(ledger.counts.deletedRecords.isEmpty, sourceLocation: location)
        #expect(ledger.counts.deletedChildren.isEmpty, sourceLocation: location)
    }
}
