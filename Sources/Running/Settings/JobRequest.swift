package import JobModel

/// Everything that `plan` and `run` are asked, settled already: flags, environment, configuration
/// and defaults are the command-line tool's to merge.
package struct JobRequest: Sendable {
    /// Where the manifest comes from.
    package enum Source: Equatable, Sendable {
        case file(String)
        /// `-`: read to its end before anything else. `run` then needs `jobName`.
        case standardInput
    }

    package var source: Source
    package var manifest: ManifestSettings
    /// `--job`: nil = made of the manifest's name and its resolved directory.
    package var jobName: String?
    /// The directory that holds all jobs (see `StateDirectory.root`).
    package var stateRoot: String
    /// How the run uses the service.
    package var run: RunSettings
    /// What to do about an unfinished earlier run of the job.
    package var unfinished: UnfinishedPolicy = .fail
    /// `--unfinished abandon` was given on the command line: a halted run is abandoned as well.
    package var abandonsHalted = false
    /// `--again`: run although the job's last run finished with the same manifest.
    package var runsAgain = false
    /// A paused run older than this is not continued without being asked; default 24 h.
    package var resumeWithin: Duration = .seconds(24 * 3600)
    /// More items than this many times those of the job's last finished run, above 1,000 items, is
    /// exit 76; nil = off.
    package var maximumGrowth: Double? = 5

    package init(
        source: Source, manifest: ManifestSettings = ManifestSettings(), stateRoot: String,
        run: RunSettings
    ) {
        self.source = source
        self.manifest = manifest
        self.stateRoot = stateRoot
        self.run = run
    }
}

/// What `--unfinished` says.
package enum UnfinishedPolicy: String, CaseIterable, Sendable {
    case resume, fail, abandon
}

/// The commands that send a manifest's rows, and what each of them executes.
package enum JobCommand: String, CaseIterable, Sendable {
    /// Changes records.
    case run
    /// Reads, and writes a manifest of what was found.
    case discover

    /// Whether the command executes rows of an operation.
    package func executes(_ operation: Operation) -> Bool {
        switch operation {
        case .delink, .update, .deleteAttachment, .deleteCreatorRecords: self == .run
        case .discoverDeleted: self == .discover
        }
    }

    /// The command for all rows that this one does not execute.
    package var other: JobCommand { self == .run ? .discover : .run }
}

/// What `resume` is asked.
package struct ResumeRequest: Sendable {
    /// A journal file or a run directory.
    package var path: String
    package var run: RunSettings
    /// `--override-halt`: the number of the halt that a person decided to override.
    package var overriddenHalt: UInt64?
    /// Settings that the user gave in this call although they are pinned; nil = those of the
    /// journal.
    package var manifest: ManifestSettings?

    package init(path: String, run: RunSettings) {
        self.path = path
        self.run = run
    }
}
