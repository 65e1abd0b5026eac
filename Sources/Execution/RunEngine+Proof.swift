import JobModel
import Journaling
import ZohoAPI

// What must be known about a kind before its calls may carry several items and run in parallel.

extension RunEngine {
    /// Whether the effect of a call of the kind is known. Depends on the kind only, not on the
    /// plan.
    ///
    /// - A list that the settings add is in no document, and a delink there may delete records. It
    ///   is known by the first success on record: what was absent or refused proves nothing.
    /// - With an API version whose message is not conclusive, the first record of any delink is
    ///   read back.
    func isProven(_ kind: RelationKind) -> Bool {
        let proof = setup.recovered.proofs.first { $0.kind == kind }
        if needsReadBack(kind) {
            switch proof?.readBack {
            case .found: return true
            case .notFound: return !setup.haltsOnRecordDeleted
            case .notRead, nil: return false
            }
        }
        switch kind.operation {
        case .delink, .update:
            let support = SupportedRelations.support(
                module: kind.module.text, relatedList: kind.relatedList.text)
            return support == .supported || proof != nil
        case .deleteAttachment, .deleteCreatorRecords, .discoverDeleted: return true
        }
    }

    private func needsReadBack(_ kind: RelationKind) -> Bool {
        kind.operation == .delink && !setup.profile.delinkMessageIsConclusive
    }

    /// Uses the first success of a kind as its proof, or reads its record back.
    mutating func noteProof(_ call: CallState, _ settled: [(CallItem, Outcome)]) {
        guard !kinds[call.kind].isProven,
            let success = settled.first(where: { $0.1.kind.isSuccess })
        else { return }
        if needsReadBack(kinds[call.kind].kind) {
            readBack(success.0, ofKind: call.kind)
        } else {
            kinds[call.kind].isProven = true
        }
    }

    // MARK: Reading back

    /// Reads back the records of successes that an earlier process did not read back.
    mutating func readBackUnproven() {
        for proof in setup.recovered.proofs {
            guard let kind = kinds.firstIndex(where: { $0.kind == proof.kind }),
                needsReadBack(proof.kind), !kinds[kind].isProven
            else { continue }
            readBack(CallItem(row: proof.row, related: proof.related), ofKind: kind)
        }
    }

    /// Reads the item's record back before any other call of the kind is sent.
    private mutating func readBack(_ item: CallItem, ofKind kind: Int) {
        let number = makeCall(kind: kind, parentCall: nil, parent: 0, items: [item])
        calls[number]?.isReadBack = true
        ready.insert(number, at: 0)
        kinds[kind].probe = number
    }

    /// Handles the result of a read-back; if the record was not found, `delink.recordDeleted`
    /// decides.
    mutating func readBackEnded(
        _ call: CallState, _ result: ReadBackResult, pause: Duration = .zero, at now: Moment
    ) {
        let kind = kinds[call.kind].kind
        let record =
            "record \(call.items[0].related) of \(setup.profile.childModule(of: kind))"
        let verdict: AnswerVerdict
        let message: ServiceMessage
        var problem: String?
        var deleted: LaneEffect?
        switch result {
        case .present:
            (verdict, message) = (.settled, ServiceMessage(status: 200))
        case .gone(let reply):
            (verdict, message) = (.continued, reply)
            var records = RoundRecords()
            records.foreign = 1
            deleted = .round(records)
            problem =
                "\(kind) deleted \(record) where a relation was to be removed: reading it back was "
                + "answered HTTP \(reply.status) \(reply.code). Look into the recycle bin before "
                + "going on"
        case .unreadable(let reply):
            (verdict, message) = (.continued, reply)
            let scope = TokenScopes.readBackNeed(of: kind, profile: setup.profile).anyOf[0]
            problem =
                "whether \(kind) leaves records in place is not known: \(record) could not be read "
                + "back (HTTP \(reply.status) \(reply.code)). Grant \(scope) to the token and "
                + "resume with --override-halt; or give the run up and set delink.recordDeleted to "
                + "\"warn\""
        }
        // The halt is recorded before the answer; see `halt`.
        if let problem { recordDeleted(kind, problem, at: now) }
        self.record(call, verdict, message, pause: pause, effect: deleted, at: now)
        remove(call.number)
        // Not halted means that the user chose to continue.
        kinds[call.kind].isProven = phase == .running
    }

    /// Handles a delink that deleted a record, or may have.
    mutating func recordDeleted(_ kind: RelationKind, _ text: String, at now: Moment) {
        if setup.haltsOnRecordDeleted {
            halt(.recordDeleted, text, at: now)
        } else {
            actions.append(.announce(.recordDeleted(kind, text)))
        }
    }
}
