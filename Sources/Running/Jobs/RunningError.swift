package import JobModel
package import SystemCalls

/// Why a command of a job could not do (all of) its work. The command-line tool renders `text` to
/// stderr, with the diagnostics where there are any, and exits with `exit`.
package struct RunningError: Error, Equatable, Sendable {
    /// The kind of error; determines the exit status.
    package enum Kind: Equatable, Sendable {
        /// 64: a job name that is no name, stdin without `--job`, a path that is no run.
        case usage
        /// 64: neither `--yes` nor a yes.
        case consentMissing
        /// 65: the rows are wrong; the path is the one to print before each finding.
        case manifestInvalid(path: String, DiagnosticList)
        /// 65: `<manifest>.sha256` says otherwise, or a snapshot is no longer what was planned.
        case digestDiffers
        /// 66: missing, unreadable, a directory.
        case manifestUnreadable
        /// 74: the disk failed, is full, or has not the room.
        case disk
        /// 74: a journal is damaged, or of a later version.
        case journalDamaged
        /// 75: another process runs the job.
        case locked(processID: Int)
        /// 75: the manifest changed while it was read.
        case manifestChanged
        /// 75: `--until` is too far away, or over.
        case windowClosed
        /// 75: a stop was requested before the first call.
        case stopped
        /// 75: the accounts server issues no token now, or the API accepts no calls; a later start
        /// may succeed.
        case throttledTokens
        /// 69: no answer from the accounts server, or from the API to the request for the
        /// organisation.
        case accountsUnreachable
        /// 76: the job has an unfinished run.
        case unfinishedRun(run: String)
        /// 76: the job's run is halted.
        case haltedRun(run: String)
        /// 76: more items than `--max-items` or `maxGrowth` allow.
        case tooManyItems
        /// 77: no access token.
        case credentials
        /// 78: a pinned setting differs.
        case pinnedSettings([PinnedDifference])
        /// 78: invalid settings, or a state directory that is not trusted.
        case configuration
    }

    package var kind: Kind
    /// What, where and what to do next; lower case, no full stop, no secret.
    package var text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// The exit status; see `ExitStatus`.
    package var exit: ExitStatus {
        switch kind {
        case .usage, .consentMissing: .usage
        case .manifestInvalid, .digestDiffers: .manifestInvalid
        case .manifestUnreadable: .manifestUnreadable
        case .disk, .journalDamaged: .journal
        case .locked, .manifestChanged, .windowClosed, .stopped, .throttledTokens: .paused
        case .accountsUnreachable: .unreachable
        case .unfinishedRun, .haltedRun, .tooManyItems: .halted
        case .credentials: .credentials
        case .pinnedSettings, .configuration: .configuration
        }
    }
}

extension RunningError {
    /// A failure of the disk: 74.
    package init(disk error: SystemError) {
        self.init(
            .disk,
            error.isOutOfSpace
                ? "\(error); make room, and start again" : "\(error)")
    }
}

/// Does something with files.
///
/// - Throws: `disk` (74), with the system's message.
package func onDisk<Value: ~Copyable>(
    _ body: () throws(SystemError) -> Value
) throws(RunningError) -> Value {
    do throws(SystemError) {
        return try body()
    } catch {
        throw RunningError(disk: error)
    }
}

/// A pinned setting that is not what the journal says.
package struct PinnedDifference: Equatable, Sendable {
    package var name: String
    package var pinned: String
    package var given: String

    package init(name: String, pinned: String, given: String) {
        self.name = name
        self.pinned = pinned
        self.given = given
    }
}
