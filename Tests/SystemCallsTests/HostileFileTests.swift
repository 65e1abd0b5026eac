import Foundation
import Testing

@testable import SystemCalls

/// Substitutes for our files.
@Suite("hostile files", .timeLimit(.minutes(20))) struct HostileFileTests {
    private func expect(
        _ number: Int32, _ body: () throws -> OpenFile,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(sourceLocation: location) {
            try body()
        } throws: {
            ($0 as? SystemError)?.errno == number
        }
    }

    @Test func `a link is not followed, nor a pipe waited for, nor a device or directory used`()
        throws
    {
        let directory = try TestDirectory()
        let target = directory.path + "/target"
        try Data("precious".utf8).write(to: URL(filePath: target))
        let link = directory.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        let pipe = directory.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        for access in [OpenFile.Access.read, .write, .readWrite, .append] {
            expect(ELOOP) { try OpenFile.openRegular(link, access, creation: .ifMissing) }
            expect(EINVAL) { try OpenFile.openRegular(pipe, access) }
            expect(EINVAL) { try OpenFile.openRegular("/dev/null", access) }
        }
        expect(EINVAL) { try OpenFile.openRegular(directory.path, .read) }
        #expect(try FileSystem.read(target, limit: 100) == Array("precious".utf8))
        // Apart from manifests, links are accepted like files, and pipes are not.
        #expect(try OpenFile.openRegular(link, .read, noFollow: false).size() == 8)
        expect(EINVAL) { try OpenFile.openRegular(pipe, .read, noFollow: false) }
    }

    @Test func `a file with a second name is read and not written to`() throws {
        let directory = try TestDirectory()
        let target = directory.path + "/target"
        try Data("precious".utf8).write(to: URL(filePath: target))
        try FileSystem.link(target, as: directory.path + "/second")
        expect(EMLINK) { try OpenFile.openRegular(directory.path + "/second", .readWrite) }
        #expect(try OpenFile.openRegular(directory.path + "/second", .read).size() == 8)
    }

    @Test func `a new file replaces a planted one, and is never written through it`()
        throws
    {
        let directory = try TestDirectory()
        let target = directory.path + "/target"
        try Data("precious".utf8).write(to: URL(filePath: target))
        let name = directory.path + "/name"
        let plants: [() throws -> Void] = [
            {
                try FileManager.default.createSymbolicLink(
                    atPath: name, withDestinationPath: target)
            },
            { try FileSystem.link(target, as: name) },
            { #expect(mkfifo(name, 0o600) == 0) },
            {},
        ]
        for plant in plants {
            try plant()
            let file = try FileSystem.recreate(name)
            try file.write(all: Array("new".utf8))
            #expect(try FileSystem.read(target, limit: 100) == Array("precious".utf8))
            let status = try FileSystem.status(of: name, followLinks: false)
            #expect(status.kind == .file && status.permissions == 0o600 && status.linkCount == 1)
            try FileSystem.remove(name)
            // Temporary files of replacements are made the same way.
            try plant()
            try FileSystem.replace(name, with: Array("new".utf8))
            #expect(try FileSystem.read(target, limit: 100) == Array("precious".utf8))
            try FileSystem.remove(name)
        }
    }
}
