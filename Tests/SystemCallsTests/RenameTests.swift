import Glibc
import Testing

@testable import SystemCalls

@Suite struct RenameTests {
    let directory: TestDirectory
    var new: String { directory.path + "/new" }
    var name: String { directory.path + "/name" }

    init() throws { directory = try TestDirectory() }

    private func write(_ text: String, to path: String) throws {
        let file = try OpenFile.open(path, .write, creation: .exclusive)
        try file.write(all: Array(text.utf8))
        file.close()
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try FileSystem.read(path, limit: 100), as: UTF8.self)
    }

    /// With hard links, and with the errors of file systems without them.
    static let numbers = [nil, EPERM, EOPNOTSUPP, ENOSYS, EMLINK]

    private func rename(_ number: Int32?) throws -> Bool {
        guard let number else { return try FileSystem.renameUnlessExists(new, to: name) }
        return try FileSystem.renameUnlessExists(new, to: name) {
            (_, path) throws(SystemError) in
            throw SystemError(operation: "link", path: path, errno: number)
        }
    }

    @Test(arguments: numbers)
    func `a free name is taken, and the old one goes`(_ number: Int32?) throws {
        try write("ours", to: new)
        #expect(try rename(number))
        #expect(try text(name) == "ours")
        #expect(try FileSystem.list(directory.path) == ["name"])
        #expect(try FileSystem.status(of: name).permissions & 0o777 == 0o600)
    }

    @Test(arguments: numbers)
    func `a name that is taken stays with what has it`(_ number: Int32?) throws {
        try write("ours", to: new)
        try write("theirs", to: name)
        #expect(try !rename(number))
        #expect(try text(name) == "theirs")
        #expect(try text(new) == "ours")
    }

    @Test(arguments: numbers)
    func `a link that leads nowhere takes the name too`(_ number: Int32?) throws {
        try write("ours", to: new)
        #expect(symlink("/nowhere/at/all", name) == 0)
        #expect(try !rename(number))
        #expect(try FileSystem.kind(of: name, followLinks: false) == .link)
        #expect(try text(new) == "ours")
    }

    @Test func `other failures are thrown, and nothing is lost`() throws {
        try write("ours", to: new)
        #expect(throws: SystemError.self) { try rename(EIO) }
        #expect(try FileSystem.list(directory.path) == ["new"])
    }
}
