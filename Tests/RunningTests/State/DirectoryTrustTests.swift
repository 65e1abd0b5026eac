import Foundation
import JobModel
import SystemCalls
import TestSupport
import Testing

@testable import Running

@Suite struct DirectoryTrustTests {
    private func mode(_ path: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func expectRefused(_ word: String, _ body: () throws -> Void) {
        #expect {
            try body()
        } throws: { error in
            guard let error = error as? RunningError else { return false }
            return error.exit == .configuration && error.text.contains(word)
        }
    }

    @Test func `a world-writable state directory is refused, a group-writable one is reported`()
        throws
    {
        let temporary = try TemporaryDirectory()
        let root = temporary.path + "/state"
        let job = StateDirectory(root: root).job(try JobName(given: "j", isSimulated: false))
        #expect(try job.create() == nil)
        for everybody in [0o777, 0o1777, 0o702] {
            try mode(root, everybody)
            expectRefused("chmod o-w") { _ = try job.create() }
        }
        try mode(root, 0o770)
        #expect(try job.create()?.contains("its group") == true)
        try mode(root, 0o755)
        #expect(try job.create() == nil)
    }

    @Test func `a directory below it that others can write to is refused`() throws {
        let temporary = try TemporaryDirectory()
        let state = StateDirectory(root: temporary.path + "/state")
        let job = state.job(try JobName(given: "j", isSimulated: false))
        try job.create()
        for others in [0o720, 0o702, 0o777] {
            try mode(job.path, others)
            expectRefused("chmod 700") { _ = try job.create() }
        }
        let tokens = TokenCache(
            stateRoot: state.root, accounts: "a", clientID: "b", refreshToken: "c")
        try tokens.prepare()
        try mode(state.root + "/tokens", 0o777)
        expectRefused("chmod 700") { try tokens.prepare() }
    }

    @Test func `another user's directory is refused`() throws {
        // Changing the owner requires root.
        guard ProcessFacts.userID == 0 else { return }
        let temporary = try TemporaryDirectory()
        let job = StateDirectory(root: temporary.path + "/state")
            .job(try JobName(given: "j", isSimulated: false))
        try job.create()
        #expect(chown(job.path, 65_534, 65_534) == 0)
        expectRefused("user 65534") { _ = try job.create() }
        #expect(chown(temporary.path + "/state", 65_534, 65_534) == 0)
        expectRefused("user 65534") { _ = try job.create() }
    }
}
