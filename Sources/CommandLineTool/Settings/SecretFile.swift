internal import SystemCalls

/// Files that hold one secret each, named by the configuration.
enum SecretFile {
    /// The secret in a file, without the line break at its end.
    ///
    /// - Throws: `credential`, when others than the owner may read or write it, with what to do.
    static func read(_ path: String) throws(SettingsError) -> String {
        let status: FileStatus
        let bytes: [UInt8]
        do throws(SystemError) {
            // The open file is judged, not the path: it can't be exchanged in between.
            let file = try OpenFile.openRegular(path, .read, noFollow: false)
            status = try file.status()
            bytes = try file.readAll(limit: Credentials.maximumByteCount + 2)
        } catch {
            throw .credential(path: path, error.reason)
        }
        guard status.permissions & 0o077 == 0 else {
            let mode = String(status.permissions & 0o777, radix: 8)
            throw .credential(
                path: path,
                "others than its owner can use it (mode 0\(mode)): chmod 600 \(path)")
        }
        return trimmed(bytes)
    }

    /// Editors and `echo` end a file with a line break that is no part of the secret.
    static func trimmed(_ bytes: [UInt8]) -> String {
        var end = bytes.endIndex
        while end > 0, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
