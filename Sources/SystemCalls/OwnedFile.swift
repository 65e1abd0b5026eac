/// A file that decides where credentials go, or is one: read only if nobody but its user and root
/// can have written it.
package enum OwnedFile {
    /// Why such a file is not read.
    package enum Problem: Error, Equatable, Sendable {
        case system(SystemError)
        /// It belongs to this user, who is neither the process's user nor root.
        case otherOwner(UInt32)
        /// Its mode lets its group or all users do what they must not.
        case openToOthers(mode: UInt16, Protection)
    }

    /// What other users must not be able to do.
    package enum Protection: Sendable {
        case writing
        case readingAndWriting

        fileprivate var forbidden: UInt16 { self == .writing ? 0o022 : 0o077 }
    }

    /// Reads a file of at most `limit` bytes.
    ///
    /// Links are followed, and the open file is judged: what is read is what was looked at,
    /// whatever happens to the name. The directories on the way are not looked at.
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
