import SystemCalls

/// The name of a job, and of its directory under the state root.
package struct JobName: Hashable, Sendable, CustomStringConvertible {
    /// Bytes that `--job` may have at most; with the simulator's suffix it still fits into a file
    /// name.
    package static let maximumByteCount = 120
    /// What `--simulate` appends: those runs are jobs of their own. No `--job` may end so.
    package static let simulatedSuffix = ".simulated"
    /// Names in the state root that are not jobs.
    private static let reserved = ["tokens"]

    package let text: String

    /// The name given with `--job`.
    ///
    /// - Throws: `usage` (64) for a name that could leave the state root, be hidden there, or have
    ///   a special meaning.
    package init(given name: String, isSimulated: Bool) throws(RunningError) {
        func refused(_ why: String) -> RunningError {
            RunningError(
                .usage,
                "--job \"\(name.filter { !$0.isNewline })\" \(why); letters, digits, '-', "
                    + "'_' and '.' will do")
        }
        let bytes = Array(name.utf8)
        guard !bytes.isEmpty else { throw refused("is empty") }
        guard bytes.count <= JobName.maximumByteCount else {
            throw refused("has \(bytes.count) bytes, more than \(JobName.maximumByteCount)")
        }
        guard !bytes.contains(UInt8(ascii: "/")) else { throw refused("has a path separator") }
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw RunningError(.usage, "the name given with --job has control characters")
        }
        guard bytes.contains(where: { $0 != UInt8(ascii: ".") }) else {
            throw refused("is nothing but dots")
        }
        guard let first = bytes.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
            throw refused("begins with a dot or dash")
        }
        guard !JobName.reserved.contains(name) else { throw refused("is reserved") }
        guard !name.hasSuffix(JobName.simulatedSuffix) else {
            throw refused("ends as the jobs of --simulate do")
        }
        text = isSimulated ? name + JobName.simulatedSuffix : name
    }

    /// The name made of a manifest's own: unique by its resolved directory, so that two
    /// `nightly.csv` are two jobs, and stable for every path or link to it.
    ///
    /// - Parameters:
    ///   - manifestName: The last part of the path as given.
    ///   - directory: The directory of the manifest with every link resolved.
    package init(manifestName: String, directory: String, isSimulated: Bool) {
        var stem = Array(manifestName.utf8)
        if let dot = stem.lastIndex(of: UInt8(ascii: ".")), dot > 0 { stem.removeSubrange(dot...) }
        let plain = stem.prefix(60).map { byte -> UInt8 in
            let isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
            let isDigit = byte >= 0x30 && byte <= 0x39
            return isLetter || isDigit || byte == UInt8(ascii: "_") ? byte : UInt8(ascii: "-")
        }
        let hash = SHA256.hexadecimal(of: Array("\(directory)\n\(manifestName)".utf8)).utf8
            .prefix(8)
        // Never begins with a dash, which commands such as `rm` would read as an option.
        let body =
            (plain.first == UInt8(ascii: "-") ? "job" : "")
            + String(decoding: plain, as: UTF8.self)
        let name = body + "-" + String(decoding: hash, as: UTF8.self)
        text = isSimulated ? name + JobName.simulatedSuffix : name
    }

    /// The name of an existing directory.
    init(existing text: String) { self.text = text }

    package var description: String { text }
}
