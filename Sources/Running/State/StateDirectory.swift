import SystemCalls

/// The directory that holds all jobs: `<root>/<job>/<run>/…` and `<root>/tokens/`.
///
/// Directories are 0700 and files 0600; below the root no symbolic link is followed. The root
/// itself may be one: systemd makes it so for services with a user of their own.
package struct StateDirectory: Equatable, Sendable {
    package let root: String

    package init(root: String) { self.root = root }

    /// Where state lives: `--state`, else `$STATE_DIRECTORY` (systemd; the first of a list), else
    /// `$XDG_STATE_HOME/relsweep`, else `~/.local/state/relsweep`.
    ///
    /// - Parameter environment: Gives a variable's value; nil or empty = not set.
    /// - Throws: `usage` (64) if none of them exists.
    package static func root(
        flag: String?, environment: (String) -> String? = ProcessFacts.environment
    ) throws(RunningError) -> String {
        func variable(_ name: String) -> String? {
            environment(name).flatMap { $0.isEmpty ? nil : $0 }
        }
        if let flag, !flag.isEmpty { return flag }
        if let given = variable("STATE_DIRECTORY") {
            return String(given.prefix { $0 != ":" })
        }
        // A relative XDG path is invalid by its specification and ignored.
        if let given = variable("XDG_STATE_HOME"), given.hasPrefix("/") {
            return given + "/relsweep"
        }
        if let home = variable("HOME"), home.hasPrefix("/") {
            return home + "/.local/state/relsweep"
        }
        throw RunningError(
            .usage,
            "no place for journals: neither --state nor $STATE_DIRECTORY, $XDG_STATE_HOME "
                + "or $HOME is set; give --state DIR")
    }

    /// The directory of a job, which need not be there.
    package func job(_ name: JobName) -> JobDirectory {
        JobDirectory(name: name, path: root + "/" + name.text)
    }

    /// All jobs, by name.
    package func jobs() throws(RunningError) -> [JobDirectory] {
        do throws(SystemError) {
            guard try FileSystem.kind(of: root) == .directory else { return [] }
            var jobs: [JobDirectory] = []
            for name in try FileSystem.list(root) where name != "tokens" {
                let path = root + "/" + name
                guard try FileSystem.status(of: path, followLinks: false).kind == .directory else {
                    continue
                }
                jobs.append(JobDirectory(name: JobName(existing: name), path: path))
            }
            return jobs
        } catch {
            throw RunningError(disk: error)
        }
    }
}

/// The directory of a job: its lock and its runs.
package struct JobDirectory: Equatable, Sendable {
    package let name: JobName
    package let path: String

    package var lockPath: String { path + "/lock" }

    /// Creates the directory and its parents durably.
    ///
    /// - Returns: A warning about the state directory; nil if there is none.
    /// - Throws: `configuration` (78) when others could put things in it; `disk` (74).
    @discardableResult
    package func create() throws(RunningError) -> String? {
        let root = FileSystem.directory(of: path)
        try onDisk { () throws(SystemError) in
            try FileSystem.createDirectory(root, permissions: 0o700, intermediates: true)
        }
        let note = try DirectoryTrust.check(root: root)
        try onDisk { () throws(SystemError) in try createOwnDirectory(path) }
        try DirectoryTrust.check(own: path)
        return note
    }

    /// The job's runs, oldest first; other entries are ignored.
    package func runs() throws(RunningError) -> [RunDirectory] {
        do throws(SystemError) {
            guard try FileSystem.kind(of: path) == .directory else { return [] }
            var runs: [RunDirectory] = []
            for name in try FileSystem.list(path) {
                guard RunIdentifier(name) != nil else { continue }
                let directory = path + "/" + name
                switch try FileSystem.status(of: directory, followLinks: false).kind {
                case .directory: runs.append(RunDirectory(path: directory))
                case .link:
                    // An error, because ignoring it could hide a paused or halted run.
                    throw SystemError.isLink(directory)
                case .file, .missing, .other: continue
                }
            }
            return runs
        } catch {
            throw RunningError(disk: error)
        }
    }

    /// Makes the directory of a new run, durable.
    package func createRun(_ identifier: RunIdentifier) throws(RunningError) -> RunDirectory {
        let run = RunDirectory(path: path + "/" + identifier.text)
        try onDisk { () throws(SystemError) in try createOwnDirectory(run.path) }
        return run
    }
}

/// Makes a directory unless it exists, refuses a symbolic link in its place, and makes its name
/// durable.
func createOwnDirectory(_ path: String) throws(SystemError) {
    do throws(SystemError) {
        try FileSystem.createDirectory(path, permissions: 0o700)
    } catch  where error.alreadyExists {
        guard try FileSystem.status(of: path, followLinks: false).kind == .directory else {
            throw error
        }
    }
    try FileSystem.synchroniseDirectory(FileSystem.directory(of: path))
}

extension SystemError {
    /// What opening a link without following it says (ELOOP).
    fileprivate static func isLink(_ path: String) -> SystemError {
        SystemError(operation: "open", path: path, errno: 40)
    }
}
