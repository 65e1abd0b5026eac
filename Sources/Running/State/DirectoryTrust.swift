import JobModel
import ManifestReading
import SystemCalls

/// Checks that only the current user or root can have written to a directory.
///
/// A journal determines what is sent and what counts as done, so a user who can plant one controls
/// both. State that others can write is therefore refused before anything is read from it.
enum DirectoryTrust {
    /// Write permission of the group and of others.
    private static let groupMayWrite: UInt16 = 0o020
    private static let everybodyMayWrite: UInt16 = 0o002

    /// The state root may be a symbolic link and may be group-writable, which is reported.
    ///
    /// - Returns: A warning; nil if only the user can access the directory.
    /// - Throws: `configuration` (78) if all users may write there, or another user owns it.
    static func check(root path: String) throws(RunningError) -> String? {
        let status = try status(path, followLinks: true)
        try checkOwner(status, path)
        guard status.permissions & everybodyMayWrite == 0 else {
            throw refused(
                path, status, "all users may write there, and could add or remove runs",
                "chmod o-w \(ShellWord.quoted(path)), or give --state a directory of your own "
                    + "in it")
        }
        guard status.permissions & groupMayWrite != 0 else { return nil }
        return "\(path) can be written by its group (mode \(mode(status))): its members "
            + "decide what is sent as much as you do; chmod 700 makes it yours"
    }

    /// A directory that relsweep creates with mode 0700: of a job, a run or tokens.
    ///
    /// - Throws: `configuration` (78) if others may write there, or another user owns it.
    static func check(own path: String) throws(RunningError) {
        let status = try status(path, followLinks: false)
        try checkOwner(status, path)
        guard status.permissions & (groupMayWrite | everybodyMayWrite) == 0 else {
            throw refused(
                path, status, "others may write there, and could have changed what is in it",
                "check it, then chmod 700 \(ShellWord.quoted(path))")
        }
    }

    /// The directory of a run whose journal decides what is sent, and what is read of it: the
    /// journal and the manifest's copy.
    ///
    /// - Throws: `configuration` (78) when others could have written any of them; `disk` (74).
    static func check(run: RunDirectory) throws(RunningError) {
        try check(own: run.path)
        let names =
            [run.journalPath]
            + ManifestFormat.allCases.map {
                run.snapshotPath(format: $0.rawValue)
            }
        for path in names {
            // Missing files and other kinds are handled where they are opened.
            guard let status = try statusOfFile(path) else { continue }
            try checkOwner(status, path)
            guard status.permissions & (groupMayWrite | everybodyMayWrite) == 0 else {
                throw refused(
                    path, status, "others may write it, and could have changed what is sent",
                    "check it, then chmod 600 \(ShellWord.quoted(path))")
            }
        }
    }

    private static func checkOwner(
        _ status: FileStatus, _ path: String
    ) throws(RunningError) {
        guard status.owner != ProcessFacts.userID, status.owner != 0 else { return }
        throw refused(
            path, status,
            "it belongs to user \(status.owner), and this is user "
                + "\(ProcessFacts.userID)",
            "start relsweep as that user, or give another --state")
    }

    private static func status(
        _ path: String, followLinks: Bool
    ) throws(RunningError) -> FileStatus {
        try onDisk { () throws(SystemError) in
            try FileSystem.status(of: path, followLinks: followLinks)
        }
    }

    /// Nil for what is no regular file.
    private static func statusOfFile(_ path: String) throws(RunningError) -> FileStatus? {
        do throws(SystemError) {
            let status = try FileSystem.status(of: path, followLinks: false)
            return status.kind == .file ? status : nil
        } catch {
            if error.isMissing { return nil }
            throw RunningError(disk: error)
        }
    }

    private static func refused(
        _ path: String, _ status: FileStatus, _ why: String, _ remedy: String
    ) -> RunningError {
        RunningError(
            .configuration,
            "\(path) (mode \(mode(status))) is not used: \(why); nothing was sent. \(remedy)")
    }

    private static func mode(_ status: FileStatus) -> String {
        "0" + String(status.permissions, radix: 8)
    }
}
