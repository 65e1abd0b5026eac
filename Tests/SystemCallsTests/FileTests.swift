import Glibc
import SystemCalls
import Testing

@Suite struct FileTests {
    let directory: TestDirectory
    var path: String { directory.path + "/file" }

    init() throws { directory = try TestDirectory() }

    @Test func `what is written is read again, at once, by pieces and from a place`() throws {
        let file = try OpenFile.open(path, .readWrite, creation: .exclusive)
        try file.write(all: Array("hello ".utf8))
        try file.write(all: Array("world".utf8))
        try file.write(all: Array("J".utf8), at: 0)
        try file.synchroniseData()
        #expect(try file.size() == 11)
        #expect(try FileSystem.read(path, limit: 11) == Array("Jello world".utf8))
        #expect(try file.read(at: 6, byteCount: 100) == Array("world".utf8))
        try file.truncate(to: 5)
        #expect(try FileSystem.read(path, limit: 100) == Array("Jello".utf8))
    }

    @Test func `an error names the call, the path and the reason`() {
        let missing = directory.path + "/none"
        let expected = SystemError(operation: "open", path: missing, errno: ENOENT)
        #expect(throws: expected) { try OpenFile.open(missing, .read) }
        #expect("\(expected)" == "open \(missing): No such file or directory")
        #expect(expected.isMissing)
    }

    @Test func `a file that must be new is not taken when it is there`() throws {
        _ = try OpenFile.open(path, .write, creation: .exclusive)
        #expect(throws: SystemError(operation: "open", path: path, errno: EEXIST)) {
            try OpenFile.open(path, .write, creation: .exclusive)
        }
    }

    @Test func `a link is refused where links are not followed`() throws {
        #expect(symlink("/etc/hostname", path) == 0)
        #expect(throws: SystemError(operation: "open", path: path, errno: ELOOP)) {
            try OpenFile.open(path, .read, noFollow: true)
        }
        #expect(try FileSystem.status(of: path, followLinks: false).kind == .link)
    }

    @Test func `new files belong to their user alone`() throws {
        let file = try OpenFile.open(path, .write, creation: .ifMissing)
        #expect(try file.status().permissions & 0o077 == 0)
    }

    @Test func `a lock is held by one and free when that one closes`() throws {
        let first = try OpenFile.open(path, .readWrite, creation: .ifMissing)
        let second = try OpenFile.open(path, .readWrite)
        #expect(try first.tryLock())
        #expect(try !second.tryLock())
        first.close()
        first.close()
        #expect(try second.tryLock())
        try second.unlock()
    }

    @Test func `reading all stops at the limit`() throws {
        try FileSystem.replace(path, with: [UInt8](repeating: 1, count: 100))
        #expect(try FileSystem.read(path, limit: 100).count == 100)
        #expect(throws: SystemError(operation: "read", path: path, errno: EFBIG)) {
            try FileSystem.read(path, limit: 99)
        }
    }

    @Test func `room kept on the disk is zeros in the file`() throws {
        let file = try OpenFile.open(path, .readWrite, creation: .ifMissing)
        try file.allocate(to: 4_096)
        #expect(try FileSystem.read(path, limit: 4_096) == [UInt8](repeating: 0, count: 4_096))
    }

    @Test func `a full disk is an error and not a short write`() throws {
        let file = try OpenFile.open("/dev/full", .write)
        #expect(throws: SystemError(operation: "write", path: "/dev/full", errno: ENOSPC)) {
            try file.write(all: [1])
        }
        #expect(SystemError.outOfSpace(operation: "write").isOutOfSpace)
    }

    @Test func `replacing leaves the new bytes and nothing else`() throws {
        try FileSystem.replace(path, with: [1])
        try FileSystem.replace(path, with: [2])
        #expect(try FileSystem.read(path, limit: 10) == [2])
        #expect(try FileSystem.list(directory.path) == ["file"])
    }

    @Test func `directories are made with their parents, listed in order and removed`() throws {
        let deep = directory.path + "/a/b/c"
        try FileSystem.createDirectory(deep, intermediates: true)
        try FileSystem.createDirectory(deep, intermediates: true)
        try FileSystem.synchroniseDirectory(deep)
        #expect(throws: SystemError(operation: "mkdir", path: deep, errno: EEXIST)) {
            try FileSystem.createDirectory(deep)
        }
        for name in ["z", "ä", "B", "a"] { try FileSystem.replace(deep + "/" + name, with: []) }
        #expect(try FileSystem.list(deep) == ["B", "a", "z", "ä"])
        #expect(try FileSystem.kind(of: deep) == .directory)
        #expect(try FileSystem.kind(of: deep + "/a") == .file)
        #expect(try FileSystem.kind(of: deep + "/a/x") == .missing)
        try FileSystem.link(deep + "/a", as: deep + "/n")
        try FileSystem.rename(deep + "/n", to: deep + "/m")
        for name in try FileSystem.list(deep) { try FileSystem.remove(deep + "/" + name) }
        try FileSystem.removeDirectory(deep)
        #expect(try FileSystem.kind(of: deep) == .missing)
        #expect(try FileSystem.freeSpace(directory.path) > 0)
        #expect(try FileSystem.realPath(directory.path + "/a/../a/b").hasSuffix("/a/b"))
    }

    @Test(arguments: [
        ("a/b", "a", "b"), ("a", ".", "a"), ("/a", "/", "a"), ("/", "/", "/"), ("a/b/", "a", "b"),
        ("/a/b.csv", "/a", "b.csv"),
    ])
    func `paths are taken apart`(path: String, directory: String, name: String) {
        #expect(FileSystem.directory(of: path) == directory)
        #expect(FileSystem.name(of: path) == name)
    }
}
