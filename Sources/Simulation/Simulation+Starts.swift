import JobModel
import Journaling
import Running

// What a person may get wrong between two starts: the target, and the wall clock.

extension Simulation {
    mutating func drawClock() {
        guard scenario.has(.clockSteps), random.once(in: 2) else { return }
        let range = random.pick([2_000, 100_000, 7_200_000])
        let milliseconds = random.number(-range...range)
        clock.set(ahead: Int64(milliseconds))
        // Drawn by the step itself.
        if milliseconds.isMultiple(of: 3) { clock.machineRestarts(at: now) }
    }

    mutating func drawTarget(mayBeWrong: Bool) -> String {
        mayBeWrong && scenario.has(.otherTargets) && !disk.bytes.isEmpty && random.once(in: 4)
            ? "https://www.zohoapis.eu" : "https://www.zohoapis.com"
    }

    func header(_ target: String) -> RunHeader {
        // Pins make each replay longer: only worlds where they differ have them.
        let pins =
            scenario.has(.otherTargets)
            ? PinnedSettings.pins(manifest: ManifestSettings(), run: settings(target)) : []
        return RunHeader(
            run: "run", job: "job", tool: "relsweep", startedAt: "2026-11-21T00:00:00.000Z",
            user: "", host: "", invocation: "", source: "", manifestFormat: "csv",
            manifestDigest: "", manifestByteCount: scenario.manifest.count, pinned: pins)
    }

    /// As `JobRunner` refuses it (78): this start would speak to another target.
    mutating func isRefused(_ header: RunHeader?, _ target: String) -> Bool {
        guard scenario.has(.otherTargets), let header else { return false }
        let differences = PinnedSettings.differences(
            pinned: header.pinned, manifest: nil, run: settings(target))
        guard let refusal = PinnedSettings.refusal(differences, run: "run") else { return false }
        note("refused: \(refusal.text)")
        return true
    }

    private func settings(_ target: String) -> RunSettings {
        var settings = RunSettings(
            target: PinnedTarget(apiDomain: target), tool: "relsweep", tokens: NoTokens(),
            transport: { _, _, _ in
                preconditionFailure("broken belief: simulated requests take a simulated line")
            })
        settings.profile = scenario.profile
        settings.pinsCreatorRounds = scenario.has(.pinnedRounds)
        return settings
    }
}

/// The settings of a run name a source of tokens; the simulation's own is `SimulatedTokens`.
private struct NoTokens: AccessTokens {
    func token(generation: Int) -> AccessToken? { nil }
    func current() -> AccessToken? { nil }
    func refresh(
        refusedGeneration: Int, completion: @escaping @Sendable (TokenAnswer) -> Void
    ) {}
    func accepted(generation: Int) {}
    func refusedForGood(generation: Int) {}
}
