/// The commands, as data: what they take, and what help says of them.
package enum CommandName: String, CaseIterable, Sendable {
    case plan, run, resume, status, discover, sandbox
    case authExchange = "auth exchange"
    case authCheck = "auth check"

    /// First words of commands that have two.
    package static let groups = ["auth"]

    /// Commands that this version does not have yet.
    package static let later = ["report", "undo"]

    /// The operand as help and errors write it; nil when the command takes none.
    package var operand: String? {
        switch self {
        case .plan, .run, .discover, .authCheck: "MANIFEST"
        case .resume, .status: "JOURNAL|RUN"
        case .sandbox, .authExchange: nil
        }
    }

    /// True when the command cannot do without its operand.
    package var needsOperand: Bool {
        switch self {
        case .plan, .run, .resume, .discover: true
        case .status, .sandbox, .authExchange, .authCheck: false
        }
    }

    /// One line for the list of commands.
    package var summary: String {
        switch self {
        case .plan: "what would be done, in how many calls, how long; sends nothing"
        case .run: "plan and do it"
        case .resume: "carry on from the journal of a run that stopped"
        case .status: "where a run stands, also while it runs"
        case .discover: "what was related to deleted records, as a manifest for run"
        case .sandbox: "a simulated organisation as a server on this machine"
        case .authExchange: "a refresh token for a grant code, into a file"
        case .authCheck: "prove credentials and scopes; reads only"
        }
    }

    /// What the command does, for its own help; lines of at most 78 columns.
    package var description: [String] {
        switch self {
        case .plan:
            [
                "Reads MANIFEST (a file, or - for standard input) and says what `run` would do:",
                "rows, items, calls by relation kind, the time it takes and the credits it",
                "costs. Sends nothing and writes nothing.",
            ]
        case .run:
            [
                "Plans MANIFEST (a file, or - for standard input) and carries the plan out.",
                "Every effect is in a journal before it counts; a run that was stopped is",
                "carried on by the same command. Against a real account it shows the plan and",
                "asks first; --yes answers for scripts and timers.",
            ]
        case .resume:
            [
                "Carries a paused run on, from its directory or its journal file. Needs nothing",
                "else but credentials: the run keeps its own copy of the manifest. A halted run",
                "goes on only with --override-halt N, which a person gives after looking into",
                "halt N; --retry reopens items that had ended.",
            ]
        case .status:
            [
                "Says where a run stands: its directory, its journal file or, without either,",
                "every job's last run under the state directory. Reads only.",
            ]
        case .discover:
            [
                "Reads what is related to the deleted records of MANIFEST (operation",
                "discover-deleted), and writes a manifest for `run` that removes those",
                "relations from the children's end. Changes nothing in the account; journalled",
                "and resumable like a run. Relations that can't be removed safely are left out",
                "and listed with why in discovered.csv, in the run's directory.",
            ]
        case .sandbox:
            [
                "Serves the simulated organisation on 127.0.0.1 until SIGTERM and prints its",
                "address. GET /__ledger tells what really happened. Without --manifest every",
                "supported relation exists until it is removed; without --token any access",
                "token is taken.",
            ]
        case .authExchange:
            [
                "Exchanges the grant code of a self client (api-console.zoho.com and its like, in",
                "the data centre of the account; it works once, within minutes) for a refresh",
                "token, and writes that to a file of mode 0600. The code comes from standard",
                "input, from --code-file, or is asked for without being shown; client id and",
                "secret come from RELSWEEP_CLIENT_ID and RELSWEEP_CLIENT_SECRET.",
            ]
        case .authCheck:
            [
                "Gets an access token as a run would, shows it to the API with one reading call,",
                "and says whether it was taken, by which data centre, and, with MANIFEST, whether",
                "its scopes are enough for the calls of that manifest. Changes nothing.",
            ]
        }
    }

    /// The options of the command, in the order of its help.
    package var options: [OptionName] {
        let manifest: [OptionName] = [.format, .operation, .module, .relatedList, .column]
        let limits: [OptionName] = [
            .concurrency, .callsPerMinute, .timeout, .retries, .maximumCalls, .maximumFailures,
            .maximumAbsent, .maximumItems, .giveUp, .until,
        ]
        let runs: [OptionName] = [
            .state, .job, .unfinished, .again, .retry, .yes, .skipInvalid, .pivot,
            .allowDeleteAll,
        ]
        let discovers: [OptionName] = [.output, .form, .force]
        let output: [OptionName] = [.json, .quiet, .noProgress, .config, .help]
        switch self {
        case .plan:
            return manifest
                + [.skipInvalid, .pivot, .allowDeleteAll, .concurrency, .callsPerMinute]
                + [.maximumItems, .json, .config, .help]
        case .run:
            return manifest + limits + runs + [.sandbox, .latency, .faults, .style, .seed] + output
        case .discover:
            return discovers + manifest + limits
                + [.state, .job, .unfinished, .again, .retry, .skipInvalid]
                + [.sandbox, .latency, .faults, .style, .seed] + output
        case .resume:
            return limits + runs + [.overrideHalt, .latency, .faults, .style, .seed] + output
        case .status: return [.state, .json, .config, .help]
        case .sandbox:
            return [.port, .manifest] + manifest
                + [.latency, .faults, .style, .token, .seed, .config, .help]
        case .authExchange:
            return [.output, .force, .print, .codeFile, .json, .quiet, .config, .help]
        case .authCheck:
            return manifest + [.skipInvalid, .pivot, .state, .json, .quiet, .config, .help]
        }
    }

    /// Command lines for the end of the help.
    package var examples: [String] {
        switch self {
        case .plan:
            [
                "relsweep plan jobs/campaign-cleanup.csv",
                "relsweep plan export.csv --operation delink --module Campaigns \\\n"
                    + "      --related-list Leads --column record_id=\"Campaign Id\" \\\n"
                    + "      --column related_id=\"Lead Id\"",
            ]
        case .run:
            [
                "relsweep run jobs/campaign-cleanup.csv --sandbox",
                "relsweep run /srv/crm/cleanup.csv --yes --until 06:00 --max-calls 5000",
                "zcat export.csv.gz | relsweep run - --format csv --job nightly",
            ]
        case .resume:
            [
                "relsweep resume ~/.local/state/relsweep/cleanup-1a2b/20260307T010000Z-7f3a",
                "relsweep resume RUN --override-halt 57",
                "relsweep resume RUN --retry failed --retry unknown",
            ]
        case .status:
            ["relsweep status", "relsweep status RUN --json | jq .state"]
        case .discover:
            [
                "relsweep discover jobs/discover-deleted.csv -o cleanup.csv",
                "relsweep discover deleted.csv --output children.csv --as list --force",
            ]
        case .sandbox:
            [
                "relsweep sandbox --manifest jobs/campaign-cleanup.csv --latency 80ms",
                "RELSWEEP_API_DOMAIN=http://127.0.0.1:8080 RELSWEEP_ACCESS_TOKEN=any \\\n"
                    + "      relsweep run jobs/campaign-cleanup.csv --yes",
            ]
        case .authExchange:
            [
                "relsweep auth exchange --output /etc/relsweep/refresh-token",
                "relsweep auth exchange --output refresh-token --code-file grant-code",
            ]
        case .authCheck:
            ["relsweep auth check", "relsweep auth check jobs/campaign-cleanup.csv --json"]
        }
    }
}
