import Dispatch
import Execution
import Foundation
import JSONText
import JobModel
import Journaling
import ManifestReading
import Planning
import Reporting
import SystemCalls
import TestSupport
import Testing

@testable import Running

/// Random manifests are run partially, and the left-over rows are planned again: they request
/// exactly the same.
@Suite struct ExcerptTests {
    private let directory: TemporaryDirectory
    private let run: RunSettings

    init() throws {
        directory = try TemporaryDirectory()
        run = RunSettings(
            target: PinnedTarget(apiDomain: "https://www.zohoapis.eu"), tool: "t",
            tokens: StaticAccessToken(secret: "s", host: "h"),
            transport: { _, _, _ in throw CancellationError() })
    }

    private func plan(
        _ path: String, _ settings: ManifestSettings
    ) throws -> (PlannedManifest, UpdateBodies?) {
        let pipeline = try PlanPipeline(settings, source: .file(path))
        let reading = try pipeline.read(.file(path), isStopRequested: { false })
        let faults = reading.result.diagnostics.kept.filter { $0.severity == .error }
        #expect(faults.isEmpty, "\(path): \(faults.map(\.message))")
        let planned = PlannedManifest(reading, of: pipeline, manifest: settings, run: run)
        return (planned, try planned.bodies(snapshot: path))
    }

    /// What the items of a plan want, as a manifest says it, by row.
    private func wants(
        _ path: String, _ settings: ManifestSettings
    ) throws -> [UInt32: GeneratedManifest.Want] {
        let (planned, bodies) = try plan(path, settings)
        var wants: [UInt32: GeneratedManifest.Want] = [:]
        for group in planned.items.groups {
            for parent in group.parents.indices {
                for item in Int(group.starts[parent])..<Int(group.starts[parent + 1]) {
                    let row = group.rows[item]
                    var want = GeneratedManifest.Want(
                        operation: group.kind.operation.rawValue,
                        cells: [
                            "module": group.kind.module.text,
                            "record_id": String(group.parents[parent]),
                            "related_id": String(group.related[item]),
                        ])
                    if group.kind.operation != .deleteAttachment {
                        want.cells["related_list"] = group.kind.relatedList.text
                    }
                    if group.kind.operation == .update {
                        let fields = try #require(bodies).fields(ofRow: row)
                        for member in try JSONTree.parse(fields).object?.members ?? [] {
                            want.fields[member.key] = JSONWriter.text(of: member.value)
                        }
                    }
                    wants[row] = want
                }
            }
        }
        for job in planned.items.creatorJobs {
            wants[job.row] = GeneratedManifest.Want(
                operation: "delete-creator-records",
                cells: [
                    "owner": job.owner, "app": job.app, "report": job.report,
                    "criteria": job.criteria, "environment": job.environment.rawValue,
                    "max_records": String(job.maximumRecords),
                    "skip_workflow": job.skipsWorkflow ? "form_workflow" : "false",
                ])
        }
        for parent in planned.items.deletedParents {
            #expect(parent.fields == "id")
            wants[parent.row] = GeneratedManifest.Want(
                operation: "discover-deleted",
                cells: [
                    "module": parent.module.text, "record_id": String(parent.id),
                    "related_list": parent.relatedList.text,
                ])
        }
        return wants
    }

    /// A run of the manifest whose journal gives rows the outcomes.
    private func report(
        _ manifest: GeneratedManifest, _ folder: String, _ outcomes: [UInt32: OutcomeKind]
    ) throws -> RunResult {
        let header = RunHeader(
            run: "r", job: "j", tool: "t", startedAt: "2026-03-07T01:00:00.000Z", user: "u",
            host: "h", invocation: "", source: "/m", manifestFormat: manifest.format.rawValue,
            manifestDigest: "", manifestByteCount: 1,
            pinned: PinnedSettings.values(manifest: manifest.settings, run: run))
        let planned = PlannedCounts(
            rows: manifest.wants.count, items: manifest.wants.count, duplicates: 0, skipped: 0,
            calls: 1)
        let journal = folder + "/journal.jsonl"
        let writer = JournalWriter(
            try JournalFile.create(journal, first: header), durable: { _ in }, failed: { _ in })
        let kind = RelationKind(
            operation: .delink, module: try #require(APIName("Campaigns")),
            relatedList: try #require(APIName("Leads")))
        let records = outcomes.sorted { $0.key < $1.key }.map { row, outcome in
            JournalRecord.blocked(
                BlockedRecord(kind: kind, outcome: Outcome(kind: outcome), rows: [row]))
        }
        writer.append([.planned(planned)] + records, firstSequence: 2)
        let closed = DispatchSemaphore(value: 0)
        writer.close { closed.signal() }
        closed.wait()
        return RunResult(
            directory: RunDirectory(path: folder), header: header, planned: planned,
            ending: RunEnding(
                state: .finished, reason: .completed, text: "", exit: .done,
                progress: RunProgress()),
            didSend: true)
    }

    /// The records of a CSV text, by its quotes alone.
    private func records(_ text: String) -> [[String]] {
        var records: [[String]] = []
        var record = [""]
        var isQuoted = false
        for scalar in text.unicodeScalars where scalar != "\r" {
            switch (scalar, isQuoted) {
            case ("\"", _): isQuoted.toggle()
            case (",", false): record.append("")
            case ("\n", false):
                records.append(record)
                record = [""]
            default: record[record.count - 1].unicodeScalars.append(scalar)
            }
        }
        return records
    }

    @Test(arguments: Array(UInt64(1)...160))
    func `of a run has exactly the rows that were not done`(_ seed: UInt64) throws {
        let manifest = GeneratedManifest(seed: seed)
        let folder = directory.path + "/run"
        try FileSystem.createDirectory(folder)
        let snapshot = folder + "/manifest." + manifest.format.rawValue
        try Data(manifest.text.utf8).write(to: URL(filePath: snapshot))
        // The generator and the planner agree on the whole manifest to begin with.
        let (planned, _) = try plan(snapshot, manifest.settings)
        let all = try wants(snapshot, manifest.settings)
        #expect(Set(all.keys) == Set(1...UInt32(manifest.wants.count)), "\(manifest.text)")
        for (row, want) in all { #expect(want == manifest.wants[Int(row) - 1]) }

        var random = RandomChoice(state: seed)
        var outcomes: [UInt32: OutcomeKind] = [:]
        for row in 1...UInt32(manifest.wants.count) {
            outcomes[row] = random.one(of: [.removed, .absent, .failed, .blocked, .unknown, nil])
        }
        let report = try report(manifest, folder, outcomes)
        _ = try ReportWriter(report, duplicateRows: [], duplicateOf: [], skippedRows: []).write()
        let run = RunDirectory(path: folder)
        var open = [UInt8](repeating: 0, count: manifest.wants.count + 1)
        for row in outcomes.keys { open[Int(row)] = 1 }
        try PendingItems.write(
            PendingItems.without(outcomesOf: open, carried: [], in: planned.items),
            of: SnapshotRows(of: run, report.header),
            to: run.pendingPath(format: manifest.format.rawValue))

        let undone = [OutcomeKind.failed, .blocked, .unknown]
        for (path, rows) in [
            (
                run.failedPath(format: manifest.format.rawValue),
                outcomes.filter { undone.contains($0.value) }.map(\.key).sorted()
            ),
            (
                run.pendingPath(format: manifest.format.rawValue),
                (1...UInt32(manifest.wants.count)).filter { outcomes[$0] == nil }
            ),
        ] {
            guard !rows.isEmpty else { continue }
            var settings = manifest.settings
            settings.format = ManifestFormat(path: path)
            let again = try wants(path, settings).sorted { $0.key < $1.key }.map(\.value)
            let expected = rows.map { manifest.wants[Int($0) - 1] }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(
                again == expected,
                "seed \(seed): \(text)")
        }
        let results = records(try String(contentsOfFile: run.resultsPath, encoding: .utf8))
        #expect(results.count == manifest.wants.count + 1)
        #expect(results.allSatisfy { $0.count == results[0].count })
        #expect(Set(results[0].map { $0.lowercased() }).count == results[0].count)
        let column = try #require(results[0].firstIndex(of: "relsweep_outcome"))
        #expect(
            results.dropFirst().map { $0[column] }
                == (1...UInt32(manifest.wants.count)).map { outcomes[$0]?.word ?? "pending" })
    }
}
