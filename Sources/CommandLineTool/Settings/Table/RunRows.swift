package import JobModel
internal import Journaling
package import Running

/// What becomes of a job's runs.
package struct RunRows: SettingGroup, Sendable {
    let title = "Runs"

    package let state = Setting(
        "state", .path, option: "--state DIR", commands: .running + [.status, .authCheck],
        help: "directory for runs, journals and access tokens",
        more: """
            null means $STATE_DIRECTORY, else $XDG_STATE_HOME/relsweep, else \
            ~/.local/state/relsweep.
            """)
    package let job = Setting(
        "job", .identifier, option: "--job NAME", commands: [.run, .discover],
        help: "name of the job, instead of one made from the manifest's name and directory")
    package let unfinished = Setting(
        "unfinished", .choice, default: UnfinishedPolicy.fail,
        option: "--unfinished resume|fail|abandon", commands: [.run, .discover],
        help: "what to do about an earlier unfinished run that is not resumed by itself",
        more: "A halted run is abandoned only by --unfinished abandon on the command line.")
    package let resumeWithin = Setting(
        "resumeWithin", .time(.seconds(0)...Duration.seconds(366 * 24 * 3600)),
        default: .seconds(24 * 3600),
        help: "maximum age of a paused run of the same manifest that run resumes by itself",
        more: "Counted from the run's last record.")
    package let again = Setting(
        "again", .flag, default: false, option: "--again", commands: [.run, .discover],
        help: "run a manifest that was finished before",
        more: "Meant for the command line, as the two below.")
    package let retry = Setting(
        "retry", .list(of: .outcome(ItemDecision.reopenable)), default: [],
        option: "--retry failed|blocked|unknown", commands: .running,
        help: "send items with this outcome once more (repeatable)",
        example: "[\"failed\", \"blocked\", \"unknown\"]")
    package let yes = Setting(
        "yes", .flag, default: false, option: "--yes", commands: [.run],
        help: "do not ask for confirmation")
    package let overrideHalt = Setting(
        nil, .integer(1...Int.max), option: "--override-halt N", commands: [.resume],
        help: "go on after this halt; the message of exit 76 names its number")
}

/// Files that commands write or read.
package struct FileRows: SettingGroup, Sendable {
    let title = "Files"

    package let output = Setting(
        nil, .text, option: "-o, --output FILE", commands: [.discover, .authExchange],
        help: "file for the manifest (discover) or for the refresh token (auth exchange)",
        helpByCommand: [
            .discover: "file for the manifest (required)",
            .authExchange: "file for the refresh token, mode 0600",
        ])
    package let form = Setting(
        nil, .choice, default: DiscoverySettings.Form.delink, option: "--as delink|update|list",
        commands: [.discover], help: "write delinks, updates or a plain list")
    package let force = Setting(
        nil, .flag, default: false, option: "--force", commands: [.discover, .authExchange],
        help: "replace an existing output file")
    package let print = Setting(
        nil, .flag, default: false, option: "--print", commands: [.authExchange],
        help: "print the refresh token on standard output")
    package let codeFile = Setting(
        nil, .text, option: "--code-file FILE", commands: [.authExchange],
        help: "read the grant code from a file")
}

/// What is printed.
package struct OutputRows: SettingGroup, Sendable {
    let title = "Output"

    package let quiet = Setting(
        "quiet", .flag, default: false, option: "--quiet",
        commands: .running + [.authExchange, .authCheck], help: "print errors only")
    package let noProgress = Setting(
        "noProgress", .flag, default: false, option: "--no-progress", commands: .running,
        help: "no progress line")
    package let json = Setting(
        nil, .flag, default: false, option: "--json",
        commands: .running + [.plan, .status, .authExchange, .authCheck],
        help: "print the result as JSON",
        helpByCommand: [.status: "print one JSON object per run, each on a line"])
    package let configuration = Setting(
        nil, .path, option: "--config FILE", commands: .every,
        help: "configuration file (JSON5); see config/relsweep.json5")
    package let help = Setting(
        nil, .flag, default: false, option: "-h, --help", commands: .every,
        help: "print this help")
    package let version = Setting(
        nil, .flag, default: false, option: "--version", help: "print the version")
}
