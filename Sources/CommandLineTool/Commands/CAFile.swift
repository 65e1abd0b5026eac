internal import Running
internal import SystemCalls

/// The file of `caFile`: looked at before anything is sent, since libcurl would only say so at its
/// first connection.
enum CAFile {
    /// Bytes that are read at most; a system's whole store has some 250,000.
    static let maximumByteCount = 16 << 20

    /// - Throws: exit 78, when the file can't be read, others can write it (whoever can add an
    ///   authority can stand in for the service), or it holds no certificate.
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
