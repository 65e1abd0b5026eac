internal import JobModel
internal import SystemCalls

/// Files named by the configuration that contain one secret each.
enum SecretFile {
    /// The secret in a file, without the line break at its end.
    ///
    /// - Throws: `credential` if the file belongs to another user or others have access, with the
    ///   fix.
    static func read(_ path: String) throws(SettingsError) -> String {
        do throws(OwnedFile.Problem) {
            return trimmed(
                try OwnedFile.read(
                    path, limit: Credentials.maximumByteCount + 2, isRegular: true,
                    protectedFrom: .readingAndWriting))
        } catch {
            throw .credential(path: path, error.text(path))
        }
    }

    /// Editors and `echo` add a line break that is not part of the secret.
    static func trimmed(_ bytes: [UInt8]) -> String {
        var end = bytes.endIndex
        while end > 0, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}

extension OwnedFile.Problem {
    /// The fault of the file, and the command that fixes it.
    func text(_ path: String) -> String {
        switch self {
        case .system(let error): return error.reason
        case .otherOwner(let owner):
            let user = ProcessFacts.userID
            return "it is owned by user \(owner), not by user \(user) or root; check its contents, "
                + "then run chown \(user) \(ShellWord.quoted(path))"
        case .openToOthers(let mode, let protection):
            return "mode 0\(String(mode, radix: 8)) lets other users "
                + (mode & 0o022 == 0 ? "read it: run " : "change it: check its contents, then run ")
                + (protection == .writing ? "chmod go-w " : "chmod 600 ") + ShellWord.quoted(path)
        }
    }
}
