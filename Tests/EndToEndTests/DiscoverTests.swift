import Foundation
import Simulator
import Testing

@Suite(.timeLimit(.minutes(60)), .fewAtOnce)
struct `discovering what deleted records were related to` {
    /// Deleted campaigns with leads; the first has three pages of them. And one deleted account.
    private struct Deleted {
        var world = World(.exact)
        var text = "operation,module,record_id,related_list,fields\n"
        /// `child,parent`
        var relations: Set<String> = []

        init() throws {
            for parent in 0..<UInt64(4) {
                let id = 3_652_397_000_000_200_001 + parent
                let count = parent == 0 ? 450 : 3 * parent
                let children = (0..<count).map { 3_652_397_000_005_000_001 + parent * 10_000 + $0 }
                try world.addDeletedParent(
                    module: "Campaigns", id: id, list: "Leads", children: children)
                for child in children { relations.insert("\(child),\(id)") }
                text += "discover-deleted,Campaigns,\(id),Leads,\n"
            }
            try world.addDeletedParent(
                module: "Accounts", id: 3_652_397_000_000_300_001, list: "Contacts",
                children: [3_652_397_000_006_000_001], linked: false)
            text += "discover-deleted,Accounts,3652397000000300001,Contacts,\"id,Last_Name\"\n"
        }
    }

    /// The output names every relation once, from the child's end.
    private func expectComplete(
        _ place: OperationFixture, _ deleted: Deleted, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let rows = try OperationFixture.rows(place.output)
        #expect(rows.count == deleted.relations.count, sourceLocation: location)
        let named = rows.map { "\($0[2]),\($0[4])" }
        #expect(Set(named) == deleted.relations, sourceLocation: location)
        #expect(
            rows.allSatisfy { $0[0] == "delink" && $0[1] == "Leads" && $0[3] == "Campaigns" },
            sourceLocation: location)
    }

    @Test func `writes a manifest that run takes`() async throws {
        let deleted = try Deleted()
        let place = try OperationFixture(manifest: deleted.text, world: deleted.world)
        let ended = try await place.end("discover")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.number("listed") == 5)
        try expectComplete(place, deleted)
        // Relations that cannot be delinked are in the other list, with the reason.
        let all = try String(
            contentsOf: place.runDirectory().appending(path: "discovered.csv"), encoding: .utf8)
        #expect(all.contains("Accounts,3652397000000300001,Contacts,3652397000006000001,no,"))
        #expect(all.contains("allowedLists"))
        let cleaned = try await place.start(
            [
                "run", place.output.path, "--yes", "--pivot", "as-written", "--state",
                place.folder.appending(path: "clean").path,
            ]
        ).end()
        #expect(cleaned.status == 0, "\(cleaned.errors)")
        #expect(cleaned.number("removed") == deleted.relations.count)
        #expect(place.simulator.ledger().seededRemaining == 0)
        #expect(place.simulator.ledger().unwantedEffectCount == 0)
    }

    @Test func `replaces a file only on request, and writes it again from the journal`()
        async throws
    {
        let deleted = try Deleted()
        let place = try OperationFixture(manifest: deleted.text, world: deleted.world)
        try "mine".write(to: place.output, atomically: true, encoding: .utf8)
        let refused = try await place.end("discover")
        #expect(refused.status == 64, "\(refused.errors)")
        #expect(place.simulator.ledger().counts.calls == 0)
        let ended = try await place.end("discover", ["--force"])
        #expect(ended.status == 0, "\(ended.errors)")
        try expectComplete(place, deleted)
        let calls = place.simulator.ledger().counts.calls
        let other = place.folder.appending(path: "children.csv")
        let again = try await place.start(
            [
                "discover", place.manifest.path, "--output", other.path, "--as", "list", "--state",
                place.folder.appending(path: "state").path,
            ]
        ).end()
        #expect(again.status == 0, "\(again.errors)")
        #expect(place.simulator.ledger().counts.calls == calls)
        #expect(try OperationFixture.rows(other).count == deleted.relations.count + 1)
    }

    @Test func `resumed after its end it repeats its report, and leaves a changed file alone`()
        async throws
    {
        let deleted = try Deleted()
        let place = try OperationFixture(manifest: deleted.text, world: deleted.world)
        #expect(try await place.end("discover").status == 0)
        let calls = place.simulator.ledger().counts.calls
        let run = try place.runDirectory().path
        let again = try await place.start(["resume", run]).end()
        #expect(again.status == 0, "\(again.errors)")
        try expectComplete(place, deleted)
        try "mine".write(to: place.output, atomically: true, encoding: .utf8)
        let changed = try await place.start(["resume", run]).end()
        #expect(changed.status == 74)
        #expect(changed.errors.contains("is there already and was left as it is"))
        #expect(try String(contentsOf: place.output, encoding: .utf8) == "mine")
        #expect(place.simulator.ledger().counts.calls == calls)
    }

    @Test func `is complete under faults`() async throws {
        let deleted = try Deleted()
        let place = try OperationFixture(
            manifest: deleted.text, world: deleted.world,
            faults: "429:10%,500:8%,html200:4%,reset:8%,cut:5%,chunked:30%")
        let ended = try await place.end("discover", ["--retries", "12"])
        #expect(ended.status == 0, "\(ended.errors)")
        try expectComplete(place, deleted)
    }

    /// With one call in flight, the hanging one is a page of the first parent.
    @Test(arguments: [1, 2, 3, 5])
    func `killed in the middle of a parent it resumes there`(_ call: Int) async throws {
        let deleted = try Deleted()
        let place = try OperationFixture(
            manifest: deleted.text, world: deleted.world, faults: "hang@\(call)")
        let resumed = try await place.killAndResume(
            "discover", hangs: 1, ["--concurrency", "1"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.number("listed") == 5)
        try expectComplete(place, deleted)
        // 7 pages, plus the hanging one again: no other is read twice.
        #expect(place.simulator.ledger().counts.calls == 8)
    }

    @Test func `is not asked of run, nor run of it`() async throws {
        let deleted = try Deleted()
        let place = try OperationFixture(manifest: deleted.text, world: deleted.world)
        let run = try await place.end("run")
        #expect(run.status == 65)
        #expect(run.errors.contains("relsweep discover"), "\(run.errors)")
        let text =
            "operation,module,record_id,related_list,related_id\ndelink,Leads,1,Campaigns,2\n"
        try text.write(to: place.manifest, atomically: true, encoding: .utf8)
        let discover = try await place.end("discover")
        #expect(discover.status == 65)
        #expect(discover.errors.contains("relsweep run"), "\(discover.errors)")
        #expect(!FileManager.default.fileExists(atPath: place.output.path))
        #expect(place.simulator.ledger().counts.calls == 0)
    }
}
