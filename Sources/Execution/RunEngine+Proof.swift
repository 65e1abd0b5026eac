import JobModel
import Journaling
import ZohoAPI

// What must be known of a kind before its calls may carry several items, several calls at once.

extension RunEngine {
    /// Whether it is known what a call of the kind does.
    ///
    /// A list that the settings add is in no document, and a delink there may delete records. It is
    /// known by the first success on record: what was absent or refused proves nothing. The kind
    /// alone decides, not the plan.
    func isProven(_ kind: RelationKind) -> Bool {
        switch kind.operation {
        case .delink, .update:
            SupportedRelations.standing(
                module: kind.module.text, relatedList: kind.relatedList.text) == .supported
                || setup.recovered.proofs.contains { $0.kind == kind }
        case .deleteAttachment, .deleteCreatorRecords, .discoverDeleted: true
        }
    }

    /// Items of a call have been settled: a success proves their kind.
    mutating func noteProof(_ call: CallState, _ settled: [(CallItem, Outcome)]) {
        guard !kinds[call.kind].isProven, settled.contains(where: { $0.1.kind.isSuccess }) else {
            return
        }
        kinds[call.kind].isProven = true
    }
}
