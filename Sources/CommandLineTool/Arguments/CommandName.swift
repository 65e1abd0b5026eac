package import JobModel

/// The commands, as data: their operands, what help says of them, and what they exit with. Their
/// options are rows of `SettingsTable`.
package enum CommandName: String, CaseIterable, Sendable {
    case plan, run, resume, status, discover, simulator
    case authExchange = "auth exchange"
    case authCheck = "auth check"

    /// First words of commands that have two.
    package static let groups = ["auth"]

    /// The options of the command, in the order of its help.
    package var options: [SettingRow] {
        SettingsTable.rows.filter { $0.commands.contains(self) }
    }

    /// The operand's name in help and errors; nil if the command has none.
    package var operand: String? {
        switch self {
        case .plan, .run, .discover, .authCheck: "MANIFEST"
        case .resume, .status: "JOURNAL|RUN"
        case .simulator, .authExchange: nil
        }
    }

    /// Whether the operand is required.
    package var needsOperand: Bool {
        switch self {
        case .plan, .run, .resume, .discover: true
        case .status, .simulator, .authExchange, .authCheck: false
        }
    }

    /// `run MANIFEST`, `status [JOURNAL|RUN]`.
    package var usage: String {
        guard let operand else { return rawValue }
        return rawValue + (needsOperand ? " \(operand)" : " [\(operand)]")
    }

    /// The exit statuses that the command can return.
    package var exits: [ExitStatus] {
        switch self {
        case .run, .resume, .discover: ExitStatus.allCases
        case .plan, .simulator:
            [.done, .usage, .manifestInvalid, .manifestUnreadable, .journal, .paused]
                + [.configuration]
        case .status: [.done, .usage, .journal, .configuration]
        case .authExchange:
            [.done, .usage, .unreachable, .journal, .paused, .credentials, .configuration]
        case .authCheck:
            [.done, .usage, .manifestInvalid, .manifestUnreadable, .unreachable, .journal]
                + [.paused, .credentials, .configuration]
        }
    }

    /// One line for the list of commands.
    package var summary: String {
        switch self {
        case .plan: "print what run would do; send nothing"
        case .run: "plan a manifest and run it"
        case .resume: "resume a run that stopped"
        case .status: "show the state of a run, also while it runs"
        case .discover: "list what was related to deleted records, as a manifest"
        case .simulator: "serve the simulated Zoho service on this machine"
        case .authExchange: "exchange a grant code for a refresh token"
        case .authCheck: "test credentials and scopes; read only"
        }
    }

    /// What the command does, for its own help.
    package var description: String {
        switch self {
        case .plan:
            """
            Reads MANIFEST (a file, or - for standard input) and prints what `run` would do: rows, \
            items, calls per relation kind, expected time and API credits. Sends nothing and \
            writes nothing.
            """
        case .run:
            """
            Plans MANIFEST (a file, or - for standard input) and runs the plan. Every outcome is \
            recorded in a journal before it counts. The same command resumes a run that was \
            stopped. With a real account it shows the plan and asks for confirmation; scripts \
            pass --yes.
            """
        case .resume:
            """
            Resumes a paused run, given its directory or its journal file. Needs only the \
            credentials: the run has its own copy of the manifest and keeps the settings that it \
            was planned with. Never asks for confirmation. A halted run needs --override-halt N \
            after a manual review of halt N. --retry sends items with the named outcomes once more.
            """
        case .status:
            """
            Shows the state of the run with this directory or journal file; without an argument, \
            of the last run of every job in the state directory. Reads only.
            """
        case .discover:
            """
            Lists what was related to the deleted records in MANIFEST (operation \
            discover-deleted) and writes a manifest for `run` that removes those relations from \
            the related records' side. Changes nothing in the account. Recorded and resumable \
            like a run. Relations that cannot be removed safely are left out; discovered.csv in \
            the run's directory lists them with the reason.
            """
        case .simulator:
            """
            Serves the simulated Zoho service on 127.0.0.1 until SIGTERM and prints its address. \
            GET /__ledger reports what really happened. Without --manifest, every supported \
            relation exists until it is removed. Without --token, every access token is accepted.
            """
        case .authExchange:
            """
            Exchanges the grant code of a Self Client for a refresh token and writes that to a \
            file of mode 0600 (--output) or to standard output (--print). Create the code in the \
            API console of the account's data centre, such as api-console.zoho.eu; it is \
            single-use and expires within minutes. It is read from standard input or from \
            --code-file; at a terminal relsweep prompts for it without echo. Client id and secret \
            come from RELSWEEP_CLIENT_ID and RELSWEEP_CLIENT_SECRET, systemd credentials or the \
            configured files.
            """
        case .authCheck:
            """
            Obtains an access token as a run would, tests it with read-only requests, and reports \
            whether the API accepts it and, with MANIFEST, whether its scopes suffice for that \
            manifest. Changes nothing.
            """
        }
    }

    /// Examples for the end of the help.
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
                "relsweep run jobs/campaign-cleanup.csv --simulate",
                "relsweep run /srv/crm/cleanup.csv --yes --until 06:00 --max-calls 5000",
                "zcat export.csv.gz | relsweep run - --format csv --job nightly --yes",
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
        case .simulator:
            [
                "relsweep simulator --manifest jobs/campaign-cleanup.csv --port 8080",
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

extension [CommandName] {
    /// Every command.
    static var every: Self { CommandName.allCases }
    /// Commands that read a manifest.
    static var planning: Self { [.plan, .run, .discover, .simulator, .authCheck] }
    /// Commands that send calls of a run.
    static var running: Self { [.run, .discover, .resume] }
    /// Commands with a simulated service of their own.
    static var simulating: Self { [.run, .discover, .resume, .simulator] }
}
