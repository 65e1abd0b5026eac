/// Every option of every command; the raw value is its long form without the dashes.
///
/// If you add one, also add: its shape and help below, the commands that take it (CommandName),
/// and, if it is a setting, its row in SettingKey and its key in config/relsweep.json5. Tests hold
/// them together.
package enum OptionName: String, CaseIterable, Sendable {
    // The manifest.
    case format, operation, module
    case relatedList = "related-list"
    case column
    case skipInvalid = "skip-invalid"
    case allowDeleteAll = "allow-delete-all"
    case pivot
    // Limits of the service and of the run.
    case concurrency
    case callsPerMinute = "calls-per-minute"
    case timeout, retries
    case maximumCalls = "max-calls"
    case maximumFailures = "max-failures"
    case maximumAbsent = "max-absent"
    case maximumItems = "max-items"
    case giveUp = "give-up"
    case until
    // Runs.
    case state, job, unfinished, again, retry
    case overrideHalt = "override-halt"
    case yes
    // What discover and auth exchange write.
    case output, force
    case form = "as"
    // The simulated organisation.
    case sandbox, port, manifest, latency, faults, style, seed, token
    // Credentials.
    case print
    case codeFile = "code-file"
    // Output.
    case json, quiet
    case noProgress = "no-progress"
    case config
    case help
    case version

    /// `--max-calls`.
    package var spelling: String { "--\(rawValue)" }

    /// The word for the option's value in help and errors; nil for an option without a value.
    package var placeholder: String? {
        switch self {
        case .format: "csv|json|jsonl"
        case .operation, .module, .job: "NAME"
        case .relatedList: "NAME"
        case .column: "NAME=HEADER"
        case .pivot: "auto|as-written"
        case .concurrency, .callsPerMinute, .retries, .maximumCalls, .maximumItems, .overrideHalt,
            .seed:
            "N"
        case .timeout, .giveUp, .latency: "TIME"
        case .maximumFailures: "N|P%"
        case .maximumAbsent: "P%"
        case .until: "HH:MM"
        case .state: "DIR"
        case .unfinished: "resume|fail|abandon"
        case .retry: "failed|blocked|unknown"
        case .port: "N"
        case .manifest, .config, .output, .codeFile: "FILE"
        case .form: "delink|update|list"
        case .faults: "PLAN"
        case .style: "STYLE"
        case .token: "TEXT"
        case .skipInvalid, .allowDeleteAll, .again, .yes, .sandbox, .force, .print,
            .json, .quiet, .noProgress, .help,
            .version:
            nil
        }
    }

    /// May be given more than once; the values add up.
    package var isRepeatable: Bool { self == .column || self == .retry }

    /// What the option does, in one or two lines of help.
    package var summary: String {
        switch self {
        case .format: "what the manifest is, where its name does not say"
        case .operation: "operation of all rows, where the manifest has no such column"
        case .module: "module of all rows, where the manifest has no such column"
        case .relatedList: "related list of all rows, where the manifest has no such column"
        case .column: "read a column under another header: record_id=\"Campaign Id\""
        case .skipInvalid: "leave out rows with one bad value instead of stopping (exit 3)"
        case .allowDeleteAll: "take Creator criteria that match every record of a report"
        case .pivot: "call from the end that needs fewer calls, or as the rows say"
        case .concurrency: "calls in flight at most"
        case .callsPerMinute: "calls in any 60 seconds at most"
        case .timeout: "longest time one call may take"
        case .retries: "how often one call is sent again after faults"
        case .maximumCalls: "calls of this job in 24 hours at most, then pause"
        case .maximumFailures: "failed items that halt the run"
        case .maximumAbsent: "share of items found already gone that halts the run"
        case .maximumItems: "refuse to start with more items than this"
        case .giveUp: "stop after so long without one usable answer"
        case .until: "start no call after this time of day (local, or 06:00+02:00)"
        case .state: "where runs and their journals are kept"
        case .job: "name of the job, instead of the manifest's own"
        case .unfinished: "what to do when an earlier run of the job was not finished"
        case .again: "run although the same manifest was finished before"
        case .retry: "send items with this outcome once more"
        case .overrideHalt:
            "go on after this halt; its number is in the message that refuses the run"
        case .yes: "do not ask before a real account is changed"
        case .output: "where to write what was found, or the refresh token (mode 0600)"
        case .form: "what to write: delinks of it, updates, or the plain list (default delink)"
        case .force: "replace the output file if it is there"
        case .sandbox: "use a simulated organisation, nothing leaves this machine"
        case .port: "port on 127.0.0.1; without it any free one"
        case .manifest: "fill the organisation from a manifest"
        case .latency: "how long the simulated service takes for an answer"
        case .faults: "faults the simulated service makes"
        case .style: "how the simulated CRM answers: v2, v8, v8-404, v8-deleted or v8-strict"
        case .seed: "seed of the simulated service's chances"
        case .token: "access token that the simulated service asks for"
        case .print: "print the refresh token on standard output"
        case .codeFile: "read the grant code from a file"
        case .json: "print the result as one JSON object on standard output"
        case .quiet: "print errors only"
        case .noProgress: "no progress line"
        case .config: "settings file (JSON5); see config/relsweep.json5"
        case .help: "print this help"
        case .version: "print the version"
        }
    }
}
