internal import JobModel
internal import Reporting
internal import Running
internal import SandboxAPI
internal import SystemCalls
internal import ZohoAPI

/// The simulated organisation of `--sandbox`: served on loopback by this process, filled from the
/// manifest and with relations that the manifest does not name.
final class BuiltInSandbox: Sendable {
    /// The token that it takes; no secret.
    static let token = "sandbox"

    private let server: SandboxServer
    let address: ServiceAddress

    init(_ context: CommandContext) throws(ToolFailure) {
        var settings = SandboxSettings()
        settings.organisation = try OrganisationSettings(context)
        settings.organisation.token = BuiltInSandbox.token
        server = SandboxServer(settings, world: World(.exact))
        do throws(SystemError) {
            let text = try server.start()
            do throws(ServiceAddressError) {
                address = try ServiceAddress(text)
            } catch {
                preconditionFailure("broken belief: the sandbox's address is one: \(error)")
            }
        } catch {
            throw .sandbox(error)
        }
    }

    /// Fills the organisation; before the first call.
    func fill(_ items: WorkItems, outcomeOfRow: [UInt8]) {
        server.fill(SandboxWorld.world(of: items, outcomeOfRow: outcomeOfRow).world)
    }

    func stop() { server.stop() }

    /// What really happened, for the summary.
    func verdict() -> SandboxVerdict {
        SandboxVerdict(server.ledger())
    }
}

/// What the ledger of the simulated organisation says at the end.
struct SandboxVerdict: Equatable, Sendable {
    var seeded: Int
    var remaining: Int
    var bystanders: Int
    /// Everything that should not have happened, in words.
    var damage: [String]

    init(_ ledger: Ledger) {
        seeded = ledger.seededCount
        remaining = ledger.seededRemaining
        bystanders = ledger.bystanderCount
        damage = []
        let counts = ledger.counts
        if counts.bystanderChanges > 0 {
            damage.append(
                NumberText.counted(
                    counts.bystanderChanges, "relation that the manifest does not name was changed",
                    plural: "relations that the manifest does not name were changed"))
        }
        if counts.unseededRemovals > 0 {
            damage.append(
                NumberText.counted(
                    counts.unseededRemovals, "relation that nobody knew was removed",
                    plural: "relations that nobody knew were removed"))
        }
        for child in counts.deletedChildren.prefix(5) {
            damage.append("\(child.list) record \(child.relatedID) was deleted")
        }
        for record in counts.deletedRecords.prefix(5) {
            damage.append("\(record.module) record \(record.id) was deleted")
        }
    }

    var line: String {
        let gone = seeded - remaining
        var text =
            "sandbox: \(NumberText.grouped(gone)) of "
            + "\(NumberText.counted(seeded, "relation")) are gone"
        if remaining == 0 { text = "sandbox: all \(NumberText.grouped(seeded)) relations are gone" }
        if seeded == 0 { text = "sandbox: no relation was left to remove" }
        if damage.isEmpty {
            return text
                + ", nothing else was touched "
                + "(\(NumberText.grouped(bystanders)) others are as they were)"
        }
        return text + "; BUT " + damage.joined(separator: "; ")
    }
}
