internal import JobModel
internal import Journaling
internal import Reporting
internal import Running
internal import Simulator
import Synchronization
internal import SystemCalls
internal import ZohoAPI

/// The simulated organisation of `--simulate`: served on loopback by this process, filled from the
/// manifest and with relations that the manifest does not name.
final class BuiltInSimulator: Sendable {
    /// The token that it accepts; not a secret.
    static let token = "simulated"

    private let server: SimulatorServer
    /// The expected effects on the world since it was last filled.
    private let expected = Mutex(SimulatedRecords.Expected())
    let address: ServiceAddress

    init(_ context: CommandContext) throws(ToolFailure) {
        var settings = SimulatorSettings()
        settings.organisation = OrganisationSettings(context.settings)
        settings.organisation.token = BuiltInSimulator.token
        server = SimulatorServer(settings, world: World(.exact))
        do throws(SystemError) {
            let text = try server.start()
            do throws(ServiceAddressError) {
                address = try ServiceAddress(text)
            } catch {
                preconditionFailure("the simulator's address is invalid: \(error)")
            }
        } catch {
            throw .simulator(error)
        }
    }

    /// Fills the organisation; before the first call.
    func fill(_ items: WorkItems, outcomeOfRow: [UInt8], rounds: [RoundProgress]) {
        let filled = SimulatedRecords(of: items, outcomeOfRow: outcomeOfRow, rounds: rounds)
        server.fill(filled.world)
        expected.withLock { $0 = filled.expected }
    }

    func stop() { server.stop() }

    /// The actual effects, for the summary.
    func effectSummary() -> EffectSummary {
        EffectSummary(server.ledger(), expected: expected.withLock { $0 })
    }
}

/// The final state of the simulated service's ledger.
struct EffectSummary: Equatable, Sendable {
    /// `all 430 relations are gone`, one per kind of expected effect.
    var effects: [String]
    var bystanders: Int
    /// Unexpected effects, as text.
    var damage: [String]

    init(_ ledger: Ledger, expected: SimulatedRecords.Expected) {
        let counts = ledger.counts
        effects = [
            Self.effect(
                ledger.seededCount - ledger.seededRemaining, of: expected.removals, "relation",
                "gone"),
            Self.effect(
                ledger.seededUpdatedCount, of: expected.updates, "relation", "updated"),
            Self.effect(
                ledger.seededAttachments.count - ledger.seededAttachments.remaining,
                of: expected.attachments, "attachment", "gone"),
            Self.effect(
                counts.creator.recordsDeleted, of: expected.creatorRecords, "Creator record",
                "gone"),
        ].compactMap { $0 }
        if expected.children > 0, counts.deletedChildrenListed > 0 {
            effects.append(
                "\(NumberText.counted(expected.children, "record")) "
                    + "were related to deleted parents")
        }
        bystanders = ledger.bystanderCount + expected.bystandersBesideRelations
        damage = Self.damage(ledger)
    }

    /// nil if there was nothing to do.
    private static func effect(
        _ done: Int, of all: Int, _ noun: String, _ participle: String
    ) -> String? {
        guard all > 0 else { return nil }
        if all == 1 { return "\(done == 1 ? "the" : "no") \(noun) is \(participle)" }
        let share = done == all ? "all" : "\(NumberText.grouped(done)) of"
        return "\(share) \(NumberText.counted(all, noun)) are \(participle)"
    }

    private static func damage(_ ledger: Ledger) -> [String] {
        let counts = ledger.counts
        var damage: [String] = []
        func add(_ count: Int, _ one: String, _ many: String) {
            if count > 0 { damage.append(NumberText.counted(count, one, plural: many)) }
        }
        add(
            counts.bystanderChanges, "relation that the manifest does not name was changed",
            "relations that the manifest does not name were changed")
        add(
            counts.unseededRemovals, "relation that nothing created was removed",
            "relations that nothing created were removed")
        add(
            counts.bystanderAttachmentsDeleted + counts.unseededAttachmentsDeleted,
            "attachment that the manifest does not name was deleted",
            "attachments that the manifest does not name were deleted")
        add(
            counts.creator.bystandersDeleted,
            "Creator record that the criteria do not match was deleted",
            "Creator records that the criteria do not match were deleted")
        for child in counts.deletedChildren.prefix(5) {
            damage.append("\(child.list) record \(child.relatedID) was deleted")
        }
        for record in counts.deletedRecords.prefix(5) {
            damage.append("\(record.module) record \(record.id) was deleted")
        }
        return damage
    }

    /// Printed with every result, so that it is not mistaken for one about the account.
    private static let notice = "simulated: your account was not asked"

    var line: String {
        var text = effects.joined(separator: ", ")
        if text.isEmpty { text = "nothing was left to do" }
        if damage.isEmpty {
            return
                "\(Self.notice); in the simulated organisation \(text), nothing else was touched "
                + "(\(NumberText.grouped(bystanders)) others are as they were)"
        }
        return "\(Self.notice); in the simulated organisation \(text); BUT "
            + damage.joined(separator: "; ")
    }
}
