// What `run` and `resume` do with the job's latest run. Decided once, here; the labels are in the
// tests too, where every combination is shown to fit exactly one row.
//
// | label | latest run                                   | `run`                                |
// |-------|----------------------------------------------|--------------------------------------|
// | @R1   | none, never started, or abandoned            | start a new run                      |
// | @R2   | journal not readable                         | refuse, 74                           |
// | @R3   | finished, same manifest, reopening           | resume it                            |
// | @R4   | finished, same manifest, not `--again`       | send nothing, repeat its exit        |
// | @R5   | finished, other manifest, or `--again`,      | start a new run                      |
// |       | or the manifest has Creator rows             |                                      |
// | @R6   | paused, same manifest, fresh                 | resume it                            |
// | @R7   | paused, same manifest, stale, `resume`       | resume it                            |
// | @R8   | paused, other manifest, `resume`             | resume it; finished: start a new     |
// | @R9   | paused, stale or other manifest, `abandon`   | abandon it, start a new run          |
// | @R10  | paused, stale or other manifest, `fail`      | refuse, 76                           |
// | @R11  | halted, `abandon` on the command line        | abandon it, start a new run          |
// | @R12  | halted                                       | refuse, 76, with the reason          |
//
// | label | the run named                                | `resume`                             |
// |-------|----------------------------------------------|--------------------------------------|
// | @S1   | never started                                | refuse, 64                           |
// | @S2   | abandoned                                    | refuse, 76                           |
// | @S3   | journal not readable                         | refuse, 74                           |
// | @S4   | finished, reopening                          | resume it                            |
// | @S5   | finished                                     | send nothing, repeat its exit        |
// | @S6   | paused                                       | resume it                            |
// | @S7   | halted, this halt overridden                 | resume it                            |
// | @S8   | halted                                       | refuse, 76, with reason and number   |
// | @S9   | not halted, or another halt overridden       | refuse, 76, with the right command   |

import JobModel

/// The decision, with the label of its row.
package struct RunDecision: Equatable, Sendable {
    package enum Step: Equatable, Sendable {
        case startNew
        case resume
        /// Resume the old run; start the new one only if it finishes.
        case resumeThenStartNew
        /// Write the abandoned record and the pending rows, then start a new run.
        case abandonThenStartNew
        /// The run was finished already.
        case sendNothing(exit: Int32)
        case refuse(RunningError)
    }

    package var label: String
    package var step: Step
    /// A notice for the user; may be empty.
    package var note: String

    init(_ label: String, _ step: Step, _ note: String = "") {
        self.label = label
        self.step = step
        self.note = note
    }
}

/// Options that concern an earlier run.
package struct EarlierRunOptions: Equatable, Sendable {
    package var policy: UnfinishedPolicy = .fail
    /// `--unfinished abandon` was given for this start: a configured setting, which applies to
    /// every start, abandons no halted run.
    package var abandonsHalted = false
    package var runsAgain = false
    package var retriesOutcomes = false
    package var resumeWithin: Duration = .seconds(24 * 3600)

    package init() {}
}

extension RunDecision {
    /// The first table: what `run` does given the job's latest run.
    ///
    /// - Parameter manifestDigest: SHA-256 of the manifest that `run` was given.
    package static func forRun(
        latest: EarlierRun?, manifestDigest: String, options: EarlierRunOptions
    ) -> RunDecision {
        guard let latest else { return RunDecision("@R1", .startNew) }
        let isSame = latest.manifestDigest == manifestDigest
        switch latest.status {
        case .neverStarted, .abandoned: return RunDecision("@R1", .startNew)
        case .unreadable(let why): return RunDecision("@R2", .refuse(unreadable(latest, why)))
        case .finished(let exit): return forFinished(latest, exit, isSame: isSame, options)
        case .paused: return forPaused(latest, isSame: isSame, options)
        case .halted(let number, let reason):
            return options.abandonsHalted
                ? abandoning(latest, "@R11")
                : RunDecision("@R12", .refuse(halted(latest, number, reason)))
        }
    }

    private static func forFinished(
        _ latest: EarlierRun, _ exit: Int32, isSame: Bool, _ options: EarlierRunOptions
    ) -> RunDecision {
        guard isSame, !options.runsAgain, !latest.runsEveryTime || options.retriesOutcomes else {
            return RunDecision("@R5", .startNew)
        }
        if options.retriesOutcomes {
            return RunDecision(
                "@R3", .resume, "resumes \(latest.described) for what is to be tried again")
        }
        return RunDecision(
            "@R4", .sendNothing(exit: exit),
            "run \(latest.run) finished \(EarlierRun.ageText(latest.age)) ago with the same "
                + "manifest: nothing is sent; give --again to run it all the same")
    }

    private static func forPaused(
        _ latest: EarlierRun, isSame: Bool, _ options: EarlierRunOptions
    ) -> RunDecision {
        guard isSame else { return forOtherManifest(latest, options) }
        if latest.age < options.resumeWithin {
            return RunDecision("@R6", .resume, "resumes \(latest.described)")
        }
        switch options.policy {
        case .resume: return RunDecision("@R7", .resume, "resumes \(latest.described)")
        case .abandon: return abandoning(latest, "@R9")
        case .fail:
            return RunDecision(
                "@R10",
                .refuse(
                    RunningError(
                        .unfinishedRun(run: latest.run),
                        "\(latest.described) is older than resumeWithin "
                            + "(\(EarlierRun.ageText(options.resumeWithin))): "
                            + remedies(latest))))
        }
    }

    private static func forOtherManifest(
        _ latest: EarlierRun, _ options: EarlierRunOptions
    ) -> RunDecision {
        switch options.policy {
        case .resume:
            return RunDecision(
                "@R8", .resumeThenStartNew,
                "resumes \(latest.described) before the new manifest")
        case .abandon: return abandoning(latest, "@R9")
        case .fail:
            return RunDecision(
                "@R10",
                .refuse(
                    RunningError(
                        .unfinishedRun(run: latest.run),
                        "the manifest is not that of \(latest.described): " + remedies(latest))))
        }
    }

    /// The second table: what `resume` does with the run that was named.
    ///
    /// - Parameter overriddenHalt: The number that `--override-halt` names.
    package static func forResume(
        of run: EarlierRun, retriesOutcomes: Bool, overriddenHalt: UInt64?
    ) -> RunDecision {
        switch run.status {
        case .finished, .paused:
            guard let overriddenHalt else { break }
            return RunDecision(
                "@S9",
                .refuse(
                    RunningError(
                        .haltedRun(run: run.run),
                        "\(run.described) is not halted, so there is no halt \(overriddenHalt) to "
                            + "override; relsweep resume \(run.resumeArguments) continues it")))
        case .neverStarted, .abandoned, .unreadable, .halted: break
        }
        switch run.status {
        case .neverStarted:
            return RunDecision(
                "@S1",
                .refuse(
                    RunningError(
                        .usage,
                        "run \(run.run) never started: its journal has no durable first record; "
                            + "nothing was sent, so give the manifest to relsweep run again")))
        case .abandoned:
            return RunDecision(
                "@S2",
                .refuse(
                    RunningError(
                        .unfinishedRun(run: run.run),
                        "run \(run.run) was abandoned with \(run.pending) items pending; they are "
                            + "in \(run.directory)/\(run.pendingName), which relsweep run takes")))
        case .unreadable(let why): return RunDecision("@S3", .refuse(unreadable(run, why)))
        case .finished(let exit):
            guard retriesOutcomes else {
                return RunDecision(
                    "@S5", .sendNothing(exit: exit),
                    "run \(run.run) finished \(EarlierRun.ageText(run.age)) ago: nothing is sent")
            }
            return RunDecision("@S4", .resume, "tries again what ended in \(run.described)")
        case .paused: return RunDecision("@S6", .resume, "resumes \(run.described)")
        case .halted(let number, let reason):
            guard let overriddenHalt else {
                return RunDecision("@S8", .refuse(halted(run, number, reason)))
            }
            guard overriddenHalt == number else {
                var error = halted(run, number, reason)
                error.text = "halt \(overriddenHalt) is not the one to override: \(error.text)"
                return RunDecision("@S9", .refuse(error))
            }
            return RunDecision(
                "@S7", .resume,
                "resumes \(run.described), and overrides halt \(number): \(reason)")
        }
    }

    private static func abandoning(_ run: EarlierRun, _ label: String) -> RunDecision {
        RunDecision(
            label, .abandonThenStartNew,
            "abandons \(run.described); its open items are in "
                + "\(run.directory)/\(run.pendingName)")
    }

    private static func halted(
        _ run: EarlierRun, _ number: UInt64, _ reason: String
    ) -> RunningError {
        RunningError(
            .haltedRun(run: run.run),
            "\(run.described) was halted: \(reason); after manual review, "
                + "relsweep resume \(run.resumeArguments) --override-halt \(number) continues it, "
                + "and relsweep run --unfinished abandon\(run.options) gives it up")
    }

    private static func unreadable(_ run: EarlierRun, _ why: String) -> RunningError {
        RunningError(
            .journalDamaged,
            "the journal of run \(run.run) can't be read: \(why); nothing is sent, because what it "
                + "did is not known: restore the file, or move \(run.directory) away to give it up")
    }

    private static func remedies(_ run: EarlierRun) -> String {
        "relsweep resume \(run.resumeArguments) continues it, relsweep run --unfinished resume"
            + "\(run.options) does so before the new one, --unfinished abandon gives it up"
    }
}
