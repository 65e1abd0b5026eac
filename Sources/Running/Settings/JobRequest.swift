package import JobModel
package import ManifestReading
package import ZohoAPI

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
    /// How the run treats the service.
    package var run: RunSettings
    /// What to do about an earlier run of the job that stands open.
    package var unfinished: UnfinishedPolicy = .fail
    /// `--unfinished abandon` was given on the command line: a halted run is given up as well.
    package var abandonsHalted = false
    /// `--again`: run although the job's last run finished with the same manifest.
    package var runsAgain = false
    /// A paused run older than this is not continued without being asked; default 24 h.
    package var resumeWithin: Duration = .seconds(24 * 3600)
    /// More items than so many times the job's last finished run, above 1,000 items, is exit 76;
    /// nil = off.
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

/// What a run does when a delink deleted a record.
package enum RecordDeletedPolicy: String, CaseIterable, Sendable {
    case halt, warn
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

/// What `discover` makes of the children that it finds.
package struct DiscoverySettings: Equatable, Sendable {
    package enum Form: String, CaseIterable, Sendable {
        /// A manifest that removes the relations, from the children's end: the parent's is gone.
        case delink
        /// The same rows as updates, with the fields read as link fields.
        case update
        /// Every child with its fields; no manifest.
        case list
    }

    /// Where the output goes: an absolute path.
    package var outputPath: String
    package var form: Form
    /// `--force`: a file that is there already is replaced.
    package var replaces: Bool

    package init(outputPath: String, form: Form = .delink, replaces: Bool = false) {
        self.outputPath = outputPath
        self.form = form
        self.replaces = replaces
    }
}

/// How a manifest is read and planned. All of it is pinned for the length of a run.
package struct ManifestSettings: Equatable, Sendable {
    /// A pair of an account's own that is many-to-many, from the configuration.
    package struct AllowedPair: Equatable, Sendable {
        package var module: APIName
        package var relatedList: APIName
        /// The module of the list's records; nil = named as the list.
        package var childModule: APIName?

        package init(module: APIName, relatedList: APIName, childModule: APIName? = nil) {
            self.module = module
            self.relatedList = relatedList
            self.childModule = childModule
        }

        /// Reads `Module/List` or `Module/List:Child`; nil for anything else.
        package init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let module = APIName(String(parts[0])) else { return nil }
            let names = parts[1].split(separator: ":", omittingEmptySubsequences: false)
                .map { APIName(String($0)) }
            guard names.count <= 2, !names.contains(nil), let list = names[0] else { return nil }
            self.init(
                module: module, relatedList: list, childModule: names.count == 2 ? names[1] : nil)
        }

        /// `Module/List` or `Module/List:Child`.
        package var text: String {
            "\(module)/\(relatedList)" + (childModule.map { ":\($0)" } ?? "")
        }
    }

    /// Which end calls are made from.
    package enum Pivot: String, CaseIterable, Sendable {
        case auto
        case asWritten = "as-written"
    }

    /// nil = by the file's extension.
    package var format: ManifestFormat?
    /// `--column`.
    package var columns: [ColumnMap.Entry] = []
    package var defaults: [ColumnDefault] = []
    package var allowedPairs: [AllowedPair] = []
    package var skipsInvalid = false
    package var pivot = Pivot.auto
    /// Which rows are executed; the others are an error.
    package var command = JobCommand.run
    /// Creator criteria that match every record of a report are meant (`--allow-delete-all`).
    package var allowsDeleteAll = false
    /// What `discover` writes; kept in the journal, so that `resume` can write it. Not compared.
    package var discovery: DiscoverySettings?

    package init() {}

    /// The modules of allowed lists whose names are not their modules'; only looked up.
    package var childModules: [RelatedListName: APIName] {
        var modules: [RelatedListName: APIName] = [:]
        for pair in allowedPairs {
            let list = RelatedListName(module: pair.module, relatedList: pair.relatedList)
            modules[list] = pair.childModule
        }
        return modules
    }
}

/// What a run needs beside its manifest; the same for `run` and `resume`. The target is pinned,
/// limits are not.
package struct RunSettings: Sendable {
    package var limits = RunLimits()
    package var profile = ServiceProfile()
    package var target: PinnedTarget
    /// `delink.recordDeleted`; pinned.
    package var recordDeleted = RecordDeletedPolicy.halt
    /// `creator.pin`: the records that a round may delete are listed and named first; pinned.
    package var usesExplicitIDs = false
    /// `--retry failed|blocked|unknown`: outcomes of an earlier session that are opened again.
    package var outcomesToRetry: [OutcomeKind] = []
    /// `--max-items`: more open work items than this is exit 76.
    package var maximumItems: Int?
    /// `--until`; fixed to a point of time when the run starts.
    package var until: TimeOfDay?
    /// Options of the command line that commands suggested in messages need as well, as
    /// `EarlierRun.options` has them.
    package var suggestedOptions = ""
    /// `relsweep 0.1.0`.
    package var tool: String
    package var tokens: any AccessTokens
    package var transport: TransportFactory
    /// Asks for the organisation before the first call; nil = nobody is asked.
    package var organisation: OrganisationReader?

    package init(
        target: PinnedTarget, tool: String, tokens: any AccessTokens,
        transport: @escaping TransportFactory
    ) {
        self.target = target
        self.tool = tool
        self.tokens = tokens
        self.transport = transport
    }
}

/// What `resume` is asked.
package struct ResumeRequest: Sendable {
    /// A journal file or a run directory.
    package var path: String
    package var run: RunSettings
    /// `--override-halt`: the number of the halt that a person decided to override.
    package var overriddenHalt: UInt64?
    /// Settings that the user gave in this call although they are pinned; nil = whatever the
    /// journal says.
    package var manifest: ManifestSettings?

    package init(path: String, run: RunSettings) {
        self.path = path
        self.run = run
    }
}

/// Whom a run speaks to. Pinned: a resume against another target is exit 78.
package struct PinnedTarget: Equatable, Sendable {
    /// `https://www.zohoapis.eu`; a simulator's is not pinned, for its port differs at every start.
    package var apiDomain: String
    package var creatorURL: String
    package var accountsHost: String
    /// First 16 hexadecimal digits of the client id's SHA-256; empty with a bare access token.
    package var clientHash: String = ""
    /// Organisation id, if it could be read: `OrganisationReader`.
    package var organisation: String = ""
    package var isSimulated: Bool

    package init(
        apiDomain: String, creatorURL: String = "", accountsHost: String = "",
        isSimulated: Bool = false
    ) {
        self.apiDomain = apiDomain
        self.creatorURL = creatorURL
        self.accountsHost = accountsHost
        self.isSimulated = isSimulated
    }
}
