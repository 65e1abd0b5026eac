import Foundation
import JobModel
import Synchronization
import SystemCalls
import TestSupport
import Testing

@testable import Running

@Suite struct SnapshotTests {
    @Test func `the copy has the manifest's bytes and digest, and is private`() throws {
        let temporary = try TemporaryDirectory()
        let text = String(repeating: "delink,Campaigns,1,Leads,2\n", count: 120_000)
        let manifest = try temporary.write(text, to: "m.csv")
        let snapshot = try Snapshot.create(of: .file(manifest), to: temporary.path + "/copy.csv")
        #expect(snapshot.byteCount == text.utf8.count)
        #expect(snapshot.digest == SHA256.hexadecimal(of: Array(text.utf8)))
        #expect(try FileSystem.read(snapshot.path, limit: 1 << 24) == Array(text.utf8))
        #expect(try FileSystem.status(of: snapshot.path).permissions == 0o600)
        let alone = try Snapshot.digest(of: .file(manifest))
        #expect(alone.digest == snapshot.digest)
        #expect(alone.byteCount == snapshot.byteCount)
    }

    static func exit(_ body: () throws -> Void) -> Int32? {
        do {
            try body()
            return nil
        } catch {
            return (error as? RunningError)?.exit.rawValue
        }
    }

    @Test func `a manifest that grows, is rewritten or replaced while it is read is not taken`()
        throws
    {
        let changes: [@Sendable (String) throws -> Void] = [
            { path in
                let file = try OpenFile.open(path, .append)
                try file.write(all: [0x61])
            },
            { path in try FileSystem.remove(path) },
            { path in
                let other = path + ".new"
                try FileManager.default.copyItem(atPath: path, toPath: other)
                try FileSystem.rename(other, to: path)
            },
            { path in
                let file = try OpenFile.open(path, .write)
                try file.write(all: [0x62])
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
            },
        ]
        for change in changes {
            let temporary = try TemporaryDirectory()
            let manifest = try temporary.write(
                String(repeating: "a", count: 3 << 20), to: "m.csv")
            let pieces = Mutex(0)
            let status = Self.exit {
                _ = try Snapshot.create(of: .file(manifest), to: temporary.path + "/copy") {
                    let piece = pieces.withLock { pieces in
                        pieces += 1
                        return pieces
                    }
                    if piece == 2 { try? change(manifest) }
                    return false
                }
            }
            #expect(status == 75)
        }
    }

    @Test func `a missing file and a directory are not readable`() throws {
        let temporary = try TemporaryDirectory()
        let copy = temporary.path + "/copy"
        #expect(
            Self.exit { _ = try Snapshot.create(of: .file(temporary.path + "/none"), to: copy) }
                == 66
        )
        #expect(Self.exit { _ = try Snapshot.create(of: .file(temporary.path), to: copy) } == 66)
        do {
            _ = try Snapshot.create(of: .file(temporary.path), to: copy)
        } catch {
            #expect(
                error.text == "\(temporary.path): Is a directory; name a manifest file in it")
        }
    }

    @Test func `a stop ends the copying`() throws {
        let temporary = try TemporaryDirectory()
        let manifest = try temporary.write("a", to: "m.csv")
        #expect(
            Self.exit {
                _ = try Snapshot.create(of: .file(manifest), to: temporary.path + "/copy") { true }
            } == 75)
    }

    /// With `.sha256` behind it the name would pass the 255 bytes that a file system allows.
    @Test(arguments: [248, 249, 255])
    func `a manifest whose sidecar can have no name has none`(_ byteCount: Int) throws {
        let temporary = try TemporaryDirectory()
        let manifest = try temporary.write("a", to: String(repeating: "m", count: byteCount))
        #expect(
            try Snapshot.create(of: .file(manifest), to: temporary.path + "/copy").byteCount == 1)
    }

    @Test func `a digest beside the manifest must match, in every form people write it`() throws {
        let digest = SHA256.hexadecimal(of: Array("a".utf8))
        let wrong = SHA256.hexadecimal(of: Array("b".utf8))
        let forms: [(String, Int32?)] = [
            (digest, nil), (digest + "\n", nil), (digest.uppercased() + "\r\n", nil),
            ("\(digest)  m.csv\n", nil), ("\(digest) *m.csv\n", nil),
            ("\(digest)  /elsewhere/m.csv\n", nil),
            ("\(wrong)  other.csv\n\(digest)  m.csv\n", nil),
            (wrong, 65), ("\(wrong)  m.csv\n", 65), ("\(digest)  other.csv\n\(wrong)  m.csv\n", 65),
            ("", 65), ("not a digest\n", 65), ("\(digest)  a\n\(digest)  b\n", 65),
        ]
        for (text, status) in forms {
            let temporary = try TemporaryDirectory()
            let manifest = try temporary.write("a", to: "m.csv")
            _ = try temporary.write(text, to: "m.csv.sha256")
            #expect(
                Self.exit {
                    _ = try Snapshot.create(of: .file(manifest), to: temporary.path + "/copy")
                } == status)
        }
    }
}
