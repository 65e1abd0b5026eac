/// A file that contains credentials or determines where they are sent; read only if no one but its
/// owner and root can have written it.
package enum OwnedFile {
    /// Why the file was refused.
    package enum Problem: Error, Equatable, Sendable {
        case system(SystemError)
        /// The owner is neither the process's user nor root.
        case otherOwner(UInt32)
        /// The mode gives its group or all users too much access.
        case openToOthers(mode: UInt16, Protection)
    }

    /// The access that other users must not have.
    package enum Protection: Sendable {
        case writing
        case readingAndWriting

        fileprivate var forbidden: UInt16 { self == .writing ? 0o022 : 0o077 }
    }

    /// Reads a file of at most `limit` bytes.
    ///
    /// Links are followed and the open file is checked, so the checked file is the one that is
    /// read. Parent directories are not checked.
    package static func read(
        _ path: String, limit: Int, isRegular: Bool = false, protectedFrom protection: Protection
    ) throws(Problem) -> [UInt8] {
        let file: OpenFile
        let status: FileStatus
        do throws(SystemError) {
            file =
                isRegular
                ? try OpenFile.openRegular(path, .read, noFollow: false)
                : try OpenFile.open(path, .read)
            status = try file.status()
        } catch {
            throw .system(error)
        }
        guard status.owner == ProcessFacts.userID || status.owner == 0 else {
            throw .otherOwner(status.owner)
        }
        guard status.permissions & protection.forbidden == 0 else {
            throw .openToOthers(mode: status.permissions & 0o777, protection)
        }
        do throws(SystemError) {
            return try file.readAll(limit: limit)
        } catch {
            throw .system(error)
        }
    }
}
