package import JobModel
package import Journaling

/// Checks the open calls of a journal against the manifest copy.
///
/// They are sent again as journalled, and are never recomputed. So before the first is sent, each
/// must name what a row of the snapshot requests, and nothing else. Explicit record ids of a
/// Creator round have no counterpart in the manifest; a round sends the row's own criteria with
/// them, and so deletes no record that the row does not select.
package struct JournalledCalls {
    private let items: WorkItems
    private let journal: String

    /// - Parameter journal: Its path, for messages.
    package init(of items: WorkItems, journal: String) {
        self.items = items
        self.journal = journal
    }

    /// - Throws: `journalDamaged` (74), naming call and row, when a call names something else.
    package func check(_ recovered: RecoveredRun) throws(RunningError) {
        var carried: Set<UInt32> = []
        for open in recovered.openCalls {
            try check(open.record)
            for row in open.openRows where !carried.insert(row).inserted {
                throw refused(open.record, row: row)
            }
        }
        try checkOutcomes(recovered)
        // Records of proofs may be read back.
        for proof in recovered.proofs {
            guard let group = items.groups.first(where: { $0.kind == proof.kind }),
                let item = group.rows.firstIndex(of: proof.row),
                group.related[item] == proof.related
            else { throw refused(nil, row: proof.row, related: proof.related) }
        }
        for rounds in recovered.rounds {
            guard items.creatorJobs.index(ofAscending: rounds.row, by: { $0.row }) != nil else {
                throw refused(rounds.openCall?.record, row: rounds.row)
            }
            if let call = rounds.openCall?.record { try check(call, ofRounds: rounds.row) }
        }
        for pages in recovered.pages {
            guard let place = items.deletedParents.index(ofAscending: pages.row, by: { $0.row })
            else {
                throw refused(pages.openCall?.record, row: pages.row)
            }
            if let call = pages.openCall?.record {
                try check(call, of: items.deletedParents[place])
            }
        }
    }

    /// Recorded outcomes must belong to items; others would make open items look done.
    private func checkOutcomes(_ recovered: RecoveredRun) throws(RunningError) {
        let outcomes = recovered.outcomeOfRow
        var count = 0
        func note(_ row: UInt32) {
            if Int(row) < outcomes.count, outcomes[Int(row)] != 0 { count += 1 }
        }
        for group in items.groups {
            for row in group.rows { note(row) }
        }
        for job in items.creatorJobs { note(job.row) }
        for parent in items.deletedParents { note(parent.row) }
        guard count == recovered.counts.final else {
            throw RunningError(
                .journalDamaged,
                "\(journal) has outcomes of \(recovered.counts.final) items, and \(count) of them "
                    + "are items of the manifest's copy: the journal or the copy beside it was "
                    + "changed; nothing was sent. Check both, and when the manifest is right, "
                    + "give it to relsweep run --unfinished abandon")
        }
    }

    /// A call of relations or attachments: parent and ids as the rows have them. No plan of this
    /// relsweep has calls from the other end.
    private func check(_ call: CallRecord) throws(RunningError) {
        guard call.direction == .asWritten, call.step == nil, call.rows.count == call.related.count,
            let group = items.groups.first(where: { $0.kind == call.kind }),
            let parent = group.parents.index(ofAscending: call.parent, by: { $0 })
        else { throw refused(call, row: call.rows.first ?? 0) }
        let own = Int(group.starts[parent])..<Int(group.starts[parent + 1])
        for (row, related) in zip(call.rows, call.related) {
            guard let item = group.related[own].index(ofAscending: related, by: { $0 }),
                group.rows[item] == row
            else {
                throw refused(call, row: row, related: related)
            }
        }
    }

    private func check(_ call: CallRecord, ofRounds row: UInt32) throws(RunningError) {
        let isRound =
            switch call.step {
            case .round, .listing: true
            case .page, .readBack, nil: false
            }
        guard isRound, call.kind.operation == .deleteCreatorRecords, call.rows == [row],
            call.parent == 0, call.related.isEmpty
        else { throw refused(call, row: row) }
    }

    private func check(
        _ call: CallRecord, of parent: DeletedParent
    ) throws(RunningError) {
        guard case .page? = call.step, call.kind == parent.kind, call.parent == parent.id,
            call.rows == [parent.row], call.related.isEmpty
        else { throw refused(call, row: parent.row) }
    }

    private func refused(
        _ call: CallRecord?, row: UInt32, related: UInt64? = nil
    ) -> RunningError {
        var named = "work on row \(row)"
        if let call {
            named =
                "call \(call.call), which names \(call.kind) of record \(call.parent)"
                + (related.map { " and \($0)" } ?? "") + " for row \(row)"
        }
        return RunningError(
            .journalDamaged,
            "\(journal) has \(named), and \(meaning(of: row)): the journal or the manifest's "
                + "copy beside it was changed; nothing was sent. Check both, and when the "
                + "manifest is right, give it to relsweep run --unfinished abandon")
    }

    /// What the manifest's copy says of a row.
    private func meaning(of row: UInt32) -> String {
        for group in items.groups {
            guard let item = group.rows.firstIndex(of: row) else { continue }
            let parent = (group.starts.firstIndex { Int($0) > item } ?? 1) - 1
            return "that row is \(group.kind) of record \(group.parents[parent]) and "
                + "\(group.related[item])"
        }
        if let parent = items.deletedParents.first(where: { $0.row == row }) {
            return "that row is \(parent.kind) of record \(parent.id)"
        }
        if items.creatorJobs.contains(where: { $0.row == row }) {
            return "that row is \(Operation.deleteCreatorRecords.rawValue)"
        }
        return "no work item has that row"
    }
}
