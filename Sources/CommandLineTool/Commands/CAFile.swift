internal import Running
internal import SystemCalls

/// Checks the file of `caFile` before anything is sent; libcurl would report it only at its first
/// connection.
enum CAFile {
    /// Maximum bytes; a system's whole store has some 250,000.
    static let maximumByteCount = 16 << 20

    /// - Throws: Exit 78 if the file cannot be read, is writable by others (who could add an
    ///   authority and impersonate the service), or contains no certificate.
    static func check(_ path: String) throws(ToolFailure) {
        let bytes: [UInt8]
        do throws(OwnedFile.Problem) {
            bytes = try OwnedFile.read(path, limit: maximumByteCount, protectedFrom: .writing)
        } catch {
            throw .running(RunningError(.configuration, "caFile \(path): \(error.text(path))"))
        }
        guard bytes.firstRange(of: Array("-----BEGIN ".utf8)) != nil else {
            throw .running(
                RunningError(
                    .configuration, "caFile \(path): there is no certificate in PEM format in it"))
        }
    }
}
