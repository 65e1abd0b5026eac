import Execution
import JobModel
import Journaling
import ManifestReading
import Planning
import SystemCalls
import ZohoAPI

extension JobRunner {
    /// Resumes a run from its journal and snapshot.
    ///
    /// - Parameter manifest: The settings of this start, to be compared with the pins; nil = the
    ///   journal's.
    func resume(
        _ directory: RunDirectory, manifest: ManifestSettings?, _ context: JobContext,
        overriddenHalt: UInt64? = nil, consent: (PlanSummary) -> Bool
    ) throws(RunningError) -> RunResult {
        let (file, recovered) = try open(directory, context.observer)
        let relay = SessionJournal(file)
        var context = context
        do throws(RunningError) {
            let prepared = try prepare(
                directory, recovered, manifest: manifest, &context,
                overriddenHalt: overriddenHalt, consent: consent, relay)
            return try execute(prepared, on: relay, context)
        } catch {
            relay.close()
            throw error
        }
    }

    /// Opens the journal, locked and repaired according to the recovery table.
    func open(
        _ directory: RunDirectory, _ observer: any RunObserver
    ) throws(RunningError) -> (JournalFile, RecoveredRun) {
        let path = directory.journalPath
        let resumption = try onDisk { () throws(SystemError) in
            try JournalFile.openForResume(path)
        }
        switch resumption {
        case .ready(let file, let journal, let savedAside):
            if let notice = journal.notice(path: path) {
                observer.noted(
                    notice + (savedAside.map { "; what was cut off is in \($0)" } ?? ""))
            }
            return (file, journal.run)
        case .locked:
            throw RunningError(
                .locked(processID: 0),
                "\(path) is held by another process; nothing was done, start again when it has "
                    + "ended"
            )
        case .refused(let journal):
            throw RunningError(.journalDamaged, journal.notice(path: path) ?? path)
        }
    }

    private func prepare(
        _ directory: RunDirectory, _ recovered: RecoveredRun, manifest: ManifestSettings?,
        _ context: inout JobContext, overriddenHalt: UInt64?, consent: (PlanSummary) -> Bool,
        _ relay: SessionJournal
    ) throws(RunningError) -> PreparedRun {
        guard let header = recovered.header else {
            preconditionFailure("\(directory.journalPath) can be resumed and has no first record")
        }
        let differences = PinnedSettings.differences(
            pinned: header.pinned, manifest: manifest, run: context.settings)
        if let refusal = PinnedSettings.refusal(differences, run: header.run) { throw refusal }
        try checkSnapshot(directory, header)

        let settings = try PinnedSettings.manifestSettings(of: header)
        let snapshot = directory.snapshotPath(format: header.manifestFormat)
        let manifest = try plan(
            snapshot: snapshot, manifest: settings, run: context.settings, name: snapshot)
        let records = try sessionRecords(
            directory, recovered, manifest, context, overriddenHalt: overriddenHalt)
        // What a replay says of the journal with these records is the truth, and not what this
        // process would make of it.
        let recovered = try onDisk { () throws(SystemError) in
            try JournalFile.read(directory.journalPath, followedBy: records)
        }
        try JournalledCalls(of: manifest.items, journal: directory.journalPath).check(recovered)
        var carried: [UInt32] = []
        for call in recovered.openCalls { carried += call.openRows }
        let open = PendingItems.without(
            outcomesOf: recovered.outcomeOfRow, carried: carried, in: manifest.items)
        let calls = manifest.calls(for: open)
        var summary = manifest.summary(of: calls, for: open)
        summary.openCalls = recovered.openCalls.count
        summary.itemsToSend += carried.count
        try JobRunner.checkMaximumItems(
            context.settings, itemCount: open.itemCount + carried.count)
        if summary.itemsToSend > 0 {
            try checkOrganisation(&context, of: manifest.items, header)
            summary.organisation = context.organisation
        }
        guard consent(summary) else { throw JobRunner.consentMissing }
        try directory.checkSpace(
            estimate: RunDirectory.estimatedByteCount(
                rows: summary.rows, items: open.itemCount + carried.count, calls: summary.calls,
                manifestByteCount: header.manifestByteCount))
        if stops.isRequested { throw RunningError.stoppedEarly }
        // Last, so that a refused start leaves the run unchanged.
        try relay.appendAndWait(records)
        guard let planned = recovered.planned else {
            preconditionFailure("\(directory.journalPath) has a session without a planned record")
        }
        return PreparedRun(
            directory: directory, header: header, planned: planned, items: manifest.items,
            calls: calls, summary: summary, bodies: try manifest.bodies(snapshot: snapshot),
            recovered: recovered, continues: true)
    }

    /// - Throws: `pinnedSettings` (78), when it is another one than when the run began.
    private func checkOrganisation(
        _ context: inout JobContext, of items: WorkItems, _ header: RunHeader
    ) throws(RunningError) {
        try readOrganisation(
            &context, of: items, pinned: PinnedSettings.organisation(of: header))
        let differences = PinnedSettings.differences(
            pinned: header.pinned, manifest: nil, run: context.settings)
        if let refusal = PinnedSettings.refusal(differences, run: header.run) { throw refusal }
    }

    /// The session's record, and what it reopens; a journal without its planned record gets it now.
    private func sessionRecords(
        _ directory: RunDirectory, _ recovered: RecoveredRun, _ manifest: PlannedManifest,
        _ context: JobContext, overriddenHalt: UInt64?
    ) throws(RunningError) -> [JournalRecord] {
        var records: [JournalRecord] = [
            .session(
                .now(
                    number: recovered.sessionCount + 1, clock: context.clock,
                    timeout: context.settings.limits.timeout, overriddenHalt: overriddenHalt))
        ]
        if let planned = recovered.planned {
            guard planned.items == manifest.items.itemCount else {
                throw RunningError(
                    .digestDiffers,
                    "\(directory.path): the snapshot gives \(manifest.items.itemCount) items now "
                        + "and gave \(planned.items) when the run began; this relsweep plans "
                        + "otherwise than the one that began it: use that one")
            }
        } else {
            let items = manifest.items
            records.append(
                .planned(
                    PlannedCounts(
                        rows: items.rowCount, items: items.itemCount,
                        duplicates: items.duplicateRows.count, skipped: items.skippedRows.count,
                        calls: manifest.calls(for: items).callCount)))
        }
        if !context.settings.outcomesToRetry.isEmpty {
            records.append(.reopened(ReopenedRecord(outcomes: context.settings.outcomesToRetry)))
        }
        return records
    }

    func checkSnapshot(
        _ directory: RunDirectory, _ header: RunHeader
    ) throws(RunningError) {
        let path = directory.snapshotPath(format: header.manifestFormat)
        // The word becomes part of a path.
        guard ManifestFormat(word: header.manifestFormat) != nil else {
            throw RunningError(
                .journalDamaged,
                "\(directory.journalPath) names a manifest format that there is not: "
                    + SafeText.quoted(header.manifestFormat))
        }
        do throws(SystemError) {
            // Must be a regular file; only the original manifest may be a link or pipe.
            try OpenFile.openRegular(path, .read).close()
        } catch {
            throw RunningError(unreadable: error, name: path)
        }
        let stops = stops
        let found = try Snapshot.digest(
            of: .file(path), isStopRequested: { stops.isRequested })
        guard found.digest != header.manifestDigest else { return }
        throw RunningError(
            .digestDiffers,
            "\(path) is not the snapshot that was planned: its SHA-256 is \(found.digest), the "
                + "journal has \(header.manifestDigest); nothing was sent, restore the file")
    }
}
