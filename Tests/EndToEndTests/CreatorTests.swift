import Foundation
import JSONText
import Simulator
import Testing

@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `a deletion of Creator records` {
    private struct Orders {
        var world = World(.exact)
        var text: String
        let count: Int
        let maximum: Int

        init(count: Int, undeletable: Int = 0, maximum: Int = 10_000) throws {
            self.count = count
            self.maximum = maximum
            text = """
                [{"operation": "delete-creator-records", "owner": "zylker", "app": "desk",
                  "report": "Orders", "criteria": "Status == \\"Closed\\"",
                  "environment": "stage", "max_records": \(maximum)}]

                """
            var records: [CreatorRecord] = []
            for index in 0..<UInt64(count + 20) {
                let isBystander = index >= UInt64(count)
                let status = JSONValue.string(isBystander ? "Open" : "Closed")
                records.append(
                    CreatorRecord(
                        id: 3_888_833_000_000_100_001 + index, [(name: "Status", value: status)],
                        isUndeletable: index < UInt64(undeletable), isBystander: isBystander))
            }
            try world.addReport(
                CreatorReportName(.stage, owner: "zylker", application: "desk", report: "Orders"),
                records: records)
        }
    }

    /// named ⊆ ledger ⊆ named + unaccounted, and `max_records` is never exceeded.
    private func expectAccounted(
        _ ended: Program.Ended, _ place: OperationFixture, _ orders: Orders,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let ledger = place.simulator.ledger()
        let gone = Set(ledger.creatorReports[0].deleted.map { String($0) })
        let rows = try OperationFixture.rows(
            place.runDirectory().appending(path: "creator-records.csv"))
        let named = rows.filter { $0[4] == "deleted" }.map { $0[3] }
        #expect(Set(named).count == named.count, sourceLocation: location)
        #expect(Set(named).isSubset(of: gone), sourceLocation: location)
        let unaccounted = rows.filter { $0[4] == "unaccounted" }.reduce(0) {
            $0 + (Int($1[5]) ?? 0)
        }
        #expect(gone.count <= named.count + unaccounted, sourceLocation: location)
        #expect(gone.count <= orders.maximum, sourceLocation: location)
        #expect(ledger.counts.creator.bystandersDeleted == 0, sourceLocation: location)
        let creator = ended.summary["creator"] as? [String: Any] ?? [:]
        #expect(creator["deleted"] as? Int == named.count, sourceLocation: location)
        #expect(creator["unaccounted"] as? Int == unaccounted, sourceLocation: location)
        let failed = rows.count { $0[4] == "failed" }
        #expect(creator["failed"] as? Int == failed, sourceLocation: location)
    }

    @Test func `works in rounds until nothing matches`() async throws {
        let orders = try Orders(count: 450)
        let place = try OperationFixture(
            manifest: orders.text, named: "job.json", world: orders.world)
        let ended = try await place.end("run")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.number("deleted") == 1)
        #expect(place.simulator.ledger().counts.creator.recordsDeleted == 450)
        try expectAccounted(ended, place, orders)
        // A criteria expression may match other records tomorrow: it is run every time.
        let again = try await place.end("run")
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.text("run") != ended.text("run"))
    }

    @Test func `reports what can't be deleted`() async throws {
        let orders = try Orders(count: 250, undeletable: 7)
        let place = try OperationFixture(
            manifest: orders.text, named: "job.json", world: orders.world)
        let ended = try await place.end("run")
        #expect(ended.status == 3, "\(ended.errors)")
        #expect(place.simulator.ledger().counts.creator.recordsDeleted == 243)
        try expectAccounted(ended, place, orders)
        #expect(ended.errors.contains("7 failed"), "\(ended.errors)")
    }

    @Test func `never passes max_records`() async throws {
        let orders = try Orders(count: 700, maximum: 500)
        let place = try OperationFixture(
            manifest: orders.text, named: "job.json", world: orders.world)
        let ended = try await place.end("run")
        #expect(ended.status == 3, "\(ended.errors)")
        #expect(place.simulator.ledger().counts.creator.recordsDeleted == 400)
        try expectAccounted(ended, place, orders)
    }

    @Test(arguments: [
        "500@2", "reset-after@1", "html502@2+3", "cut@2", "429@1-2,reset@3", "500-after@1+2",
    ])
    func `accounts for rounds in doubt`(_ faults: String) async throws {
        let orders = try Orders(count: 450)
        let place = try OperationFixture(
            manifest: orders.text, named: "job.json", world: orders.world, faults: faults)
        let ended = try await place.end("run", ["--timeout", "4s"])
        #expect([0, 3].contains(ended.status), "\(ended.errors)")
        #expect(ended.text("state") == "finished")
        #expect(place.simulator.ledger().counts.creator.recordsDeleted == 450)
        try expectAccounted(ended, place, orders)
        let creator = ended.summary["creator"] as? [String: Any] ?? [:]
        let isLoud = ended.errors.contains("UNACCOUNTED")
        #expect(isLoud == ((creator["unaccounted"] as? Int ?? 0) > 0), "\(ended.errors)")
    }

    @Test(arguments: ["hang@1", "hang-after@1", "hang@2", "hang-after@2", "hang-after@3"])
    func `killed in a round it resumes, and says what is unknown`(_ faults: String) async throws {
        let orders = try Orders(count: 450, undeletable: 3)
        let place = try OperationFixture(
            manifest: orders.text, named: "job.json", world: orders.world, faults: faults)
        let resumed = try await place.killAndResume(
            "run", hangs: 1, later: ["--timeout", "2s"])
        #expect(resumed.status == 3, "\(resumed.errors)")
        #expect(resumed.text("state") == "finished")
        #expect(place.simulator.ledger().counts.creator.recordsDeleted == 447)
        try expectAccounted(resumed, place, orders)
        #expect(resumed.errors.contains("UNACCOUNTED"), "\(resumed.errors)")
    }

    @Test(arguments: ["500@2+4", "reset-after@2", "hang-after@2", "hang@4"])
    func `with pinned rounds accounts for every record`(_ faults: String) async throws {
        let orders = try Orders(count: 450)
        let place = try OperationFixture(
            manifest: orders.text, named: "job.json", world: orders.world, faults: faults)
        let settings = place.folder.appending(path: "settings.json5")
        try "{creator: {pin: true}}".write(to: settings, atomically: true, encoding: .utf8)
        let extra = ["--config", settings.path]
        let later = ["--timeout", "2s"]
        let ended =
            faults.hasPrefix("hang")
            ? try await place.killAndResume("run", hangs: 1, extra, later: later)
            : try await place.end("run", extra + later)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(place.simulator.ledger().counts.creator.recordsDeleted == 450)
        try expectAccounted(ended, place, orders)
        let creator = ended.summary["creator"] as? [String: Any] ?? [:]
        #expect(creator["deleted"] as? Int == 450)
        #expect(creator["unaccounted"] as? Int == 0)
    }
}
