import JSONText
import Simulator

/// The simulated organisation answers any request with a status and, if there is a body, JSON;
/// refused and read-only requests change nothing.
enum SimulatorHarness {
    private static let organisation: Organisation = {
        var world = World(.universal)
        do throws(WorldError) {
            try world.addDocumentSamples()
        } catch {
            preconditionFailure("Zoho's samples cannot be seeded: \(error)")
        }
        return Organisation(OrganisationSettings(), world: world)
    }()

    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        var organisation = organisation
        var now: Int64 = 0
        for case .request(let request) in try HTTPHarness.events([bytes], HTTPLimits()) {
            let before = Effects(organisation.ledger.counts)
            let reply = organisation.reply(to: request, at: now)
            now += 1_000_000_000
            if reply.isActive { organisation.finished(reply.service) }
            try require((200..<600).contains(reply.status), "the status is \(reply.status)")
            let after = Effects(organisation.ledger.counts)
            let method = request.head.drop { $0 == 0x0D || $0 == 0x0A }.prefix { $0 != 0x20 }
            let mayAct = (200..<300).contains(reply.status) || reply.status == 400
            let reads = method.elementsEqual("GET".utf8) || method.elementsEqual("HEAD".utf8)
            try require(
                before == after || (mayAct && !reads),
                "\(String(decoding: method, as: UTF8.self)) with \(reply.status): \(after)")
            guard reply.contentType == .json, !reply.body.isEmpty else { continue }
            do throws(JSONError) {
                _ = try JSONTree.parse(reply.body)
            } catch {
                let text = String(decoding: reply.body, as: UTF8.self)
                throw BrokenInvariant("the answer is no JSON: \(error): \(text)")
            }
        }
    }

    /// What of the organisation's data was changed.
    private struct Effects: Equatable {
        var numbers: [Int]
        var children: [DeletedChild]
        var records: [DeletedRecord]

        init(_ counts: LedgerCounts) {
            numbers = [
                counts.relationsRemoved, counts.relationsAdded, counts.relationsUpdated,
                counts.relationsLostWithRecords, counts.attachmentsDeleted,
                counts.creator.recordsDeleted,
            ]
            children = counts.deletedChildren
            records = counts.deletedRecords
        }
    }
}
