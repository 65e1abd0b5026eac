import SystemCalls
import Testing

@testable import Running

private let minute: Int64 = 60_000
private let hour: Int64 = 60 * minute

private func time(
    _ uptime: Int64, boot: String = "a", wall: Int64? = nil
) -> SharedTime {
    SharedTime(
        bootID: boot, uptimeMilliseconds: uptime,
        wallMilliseconds: wall ?? 1_000_000 * hour + uptime)
}

/// A record with a token of one hour, granted at `uptime`.
private func granted(at uptime: Int64 = hour, lifetime: Int64 = hour) -> TokenRecord {
    var record = TokenRecord(clock: time(uptime))
    record.noteExchange()
    record.noteGranted(
        token: "one", lifetimeMilliseconds: lifetime, scope: "s", apiDomain: "d", known: 0)
    return record
}

@Suite struct TokenRecordTests {
    private typealias Step = TokenRecord.Step

    @Test func `a token serves until its margin, and then one exchange is due`() {
        let record = granted()
        #expect(record.step(refused: 0, credentials: "c") == .use)
        #expect(record.step(refused: 1, credentials: "c") == .exchange)
        let before = record.rebased(to: time(hour + 55 * minute - 1))
        #expect(before.step(refused: 0, credentials: "c") == .use)
        let after = record.rebased(to: time(hour + 55 * minute))
        #expect(after.step(refused: 0, credentials: "c") == .exchange)
        #expect(TokenRecord(clock: time(5)).step(refused: 0, credentials: "c") == .exchange)
    }

    @Test(arguments: [-365 * 24 * hour, -10 * minute, 10 * minute, 365 * 24 * hour])
    func `a wall clock that is set changes nothing`(by jump: Int64) {
        var record = granted()
        record.noteLockedOut(forMilliseconds: 600_000)
        let wall = record.clock.wallMilliseconds + jump
        let later = record.rebased(to: time(hour + minute, wall: wall))
        #expect(later.expiresAt == record.expiresAt)
        #expect(later.exchanges == record.exchanges)
        #expect(later.lockedUntil == record.lockedUntil)
        #expect(later.step(refused: 0, credentials: "c") == .use)
        #expect(
            later.step(refused: 1, credentials: "c")
                == .wait(until: hour + 10 * minute, .lockedOut))
    }

    @Test func `after a restart of the machine the wall clock says how long ago it was`() {
        let record = granted()
        let wall = record.clock.wallMilliseconds
        let soon = record.rebased(to: time(minute, boot: "b", wall: wall + 10 * minute))
        #expect(soon.expiresAt == minute + 50 * minute)
        // But nothing says so for sure, and ten in ten minutes are the last.
        #expect(soon.exchanges == [0])
        #expect(soon.step(refused: 0, credentials: "c") == .use)
        let late = record.rebased(to: time(minute, boot: "b", wall: wall + hour))
        #expect(late.step(refused: 0, credentials: "c") == .exchange)
        // A clock before the record's own time counts as no time passed.
        let back = record.rebased(to: time(minute, boot: "b", wall: wall - hour))
        #expect(back.expiresAt == minute + hour)
        #expect(back.exchanges == [minute])
    }

    @Test func `after a restart of the machine a wait and a refusal last no longer than before`() {
        var troubled = granted()
        troubled.noteFailure(random: 1)
        var refused = granted()
        refused.noteCredentialsRefused(credentials: "c", advice: "why")
        let wall = troubled.clock.wallMilliseconds
        func later(_ record: TokenRecord, _ elapsed: Int64) -> Step {
            record.rebased(to: time(minute, boot: "b", wall: wall + elapsed))
                .step(refused: 1, credentials: "c")
        }
        #expect(later(troubled, 999) == .wait(until: minute + 1, .afterFailure))
        #expect(later(troubled, 1_000) == .exchange)
        #expect(later(refused, 10 * minute - 1) == .refuse("why"))
        #expect(later(refused, 10 * minute) == .exchange)
    }

    @Test func `without a name for the start, uptime that went back is another start`() {
        var record = TokenRecord(clock: time(hour, boot: ""))
        record.noteLockedOut(forMilliseconds: 600_000)
        #expect(record.rebased(to: time(2 * hour, boot: "")).lockedUntil == hour + 10 * minute)
        // Nor where only one of two has none: systemd hides it from a unit.
        #expect(record.rebased(to: time(2 * hour)).lockedUntil == hour + 10 * minute)
        let restarted = record.rebased(
            to: time(minute, boot: "", wall: record.clock.wallMilliseconds + 4 * minute))
        #expect(restarted.lockedUntil == 7 * minute)
    }

    @Test func `ten exchanges in ten minutes are the last`() {
        var record = TokenRecord(clock: time(hour))
        for index in 0..<10 {
            #expect(record.step(refused: 0, credentials: "c") == .exchange, "exchange \(index)")
            record.noteExchange()
            record = record.rebased(to: time(record.clock.uptimeMilliseconds + 1_000))
        }
        #expect(
            record.step(refused: 0, credentials: "c")
                == .wait(until: hour + 10 * minute, .exchangesSpent))
        let before = record.rebased(to: time(hour + 10 * minute - 1))
        #expect(before.step(refused: 0, credentials: "c") != .exchange)
        let after = record.rebased(to: time(hour + 10 * minute))
        #expect(after.step(refused: 0, credentials: "c") == .exchange)
        record.noteExchange()
        #expect(record.exchanges.count == 10)
    }

    @Test func `renewing ahead leaves half of the exchanges to those who can't wait`() {
        var record = TokenRecord(clock: time(hour))
        for count in 1...5 {
            #expect(record.mayRenewAhead)
            record.noteExchange()
            #expect(record.exchanges.count == count)
        }
        #expect(!record.mayRenewAhead)
        #expect(!record.rebased(to: time(hour + 10 * minute - 1)).mayRenewAhead)
        #expect(record.rebased(to: time(hour + 10 * minute)).mayRenewAhead)
    }

    @Test func `a token that never worked is exchanged once, and then remembered`() {
        var record = granted()
        record.noteRefused(1, credentials: "c", isFinal: false, advice: "look")
        #expect(record.step(refused: 1, credentials: "c") == .exchange)
        record.noteGranted(
            token: "two", lifetimeMilliseconds: hour, scope: "", apiDomain: "", known: 1)
        #expect(record.step(refused: 1, credentials: "c") == .use)
        record.noteRefused(2, credentials: "c", isFinal: false, advice: "look")
        // The refused token is not returned either.
        #expect(record.step(refused: 0, credentials: "c") == .refuse("look"))
        #expect(record.step(refused: 2, credentials: "c") == .refuse("look"))
        #expect(record.step(refused: 2, credentials: "other") == .exchange)
        let later = record.rebased(to: time(hour + 10 * minute))
        #expect(later.step(refused: 2, credentials: "c") == .exchange)
    }

    @Test func `a refusal becomes final once, and is not lengthened by the next one`() {
        var record = granted()
        record.noteRefused(1, credentials: "c", isFinal: false, advice: "a")
        #expect(record.step(refused: 1, credentials: "c") == .exchange)
        record.noteRefused(1, credentials: "c", isFinal: true, advice: "b")
        #expect(record.step(refused: 1, credentials: "c") == .refuse("b"))
        record = record.rebased(to: time(hour + 9 * minute))
        record.noteRefused(1, credentials: "c", isFinal: true, advice: "c")
        #expect(record.step(refused: 1, credentials: "c") == .refuse("b"))
        record = record.rebased(to: time(hour + 10 * minute))
        #expect(record.step(refused: 1, credentials: "c") == .exchange)
    }

    @Test func `a refused token that worked has only expired`() {
        var record = granted()
        record.noteAccepted(1)
        record.noteRefused(1, credentials: "c", isFinal: false, advice: "look")
        #expect(record.refusal == nil)
        #expect(record.step(refused: 1, credentials: "c") == .exchange)
    }

    @Test func `the refusal of an older generation says nothing`() {
        var record = granted()
        record.noteRefused(0, credentials: "c", isFinal: false, advice: "look")
        record.noteGranted(
            token: "two", lifetimeMilliseconds: hour, scope: "", apiDomain: "", known: 0)
        record.noteRefused(1, credentials: "c", isFinal: true, advice: "look")
        #expect(record.refusal == nil)
        #expect(record.step(refused: 1, credentials: "c") == .use)
    }

    @Test func `a success forgets an older refusal`() {
        var record = granted()
        record.noteRefused(1, credentials: "c", isFinal: false, advice: "look")
        record.noteGranted(
            token: "two", lifetimeMilliseconds: hour, scope: "", apiDomain: "", known: 1)
        record.noteAccepted(2)
        #expect(record.refusal == nil)
    }

    @Test func `refused credentials are not tried again for ten minutes`() {
        var record = TokenRecord(clock: time(hour))
        record.noteCredentialsRefused(credentials: "c", advice: "invalid_client")
        #expect(record.step(refused: 0, credentials: "c") == .refuse("invalid_client"))
        #expect(record.step(refused: 0, credentials: "changed") == .exchange)
        let later = record.rebased(to: time(hour + 10 * minute))
        #expect(later.step(refused: 0, credentials: "c") == .exchange)
    }

    @Test func `a token that worked does not clear credentials refused since`() {
        var record = granted()
        record.noteAccepted(1)
        record.noteCredentialsRefused(credentials: "c", advice: "invalid_code")
        record.noteAccepted(1)
        #expect(record.step(refused: 1, credentials: "c") == .refuse("invalid_code"))
        // The token lives on.
        #expect(record.step(refused: 0, credentials: "c") == .use)
    }

    @Test func `a token with minutes left is better than a wait`() {
        var record = granted().rebased(to: time(hour + 58 * minute))
        record.noteLockedOut(forMilliseconds: 0)
        #expect(record.step(refused: 0, credentials: "c") == .use)
        #expect(
            record.step(refused: 1, credentials: "c")
                == .wait(until: hour + 68 * minute, .lockedOut))
    }

    @Test func `waits after troubles double up to a minute, and never end`() {
        var record = TokenRecord(clock: time(hour))
        var waits: [Int64] = []
        for _ in 0..<40 {
            record.noteFailure(random: 1)
            waits.append((record.pausedUntil ?? 0) - hour)
        }
        #expect(waits.prefix(8) == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
        #expect(waits.last == 60_000)
    }

    @Test func `generations never repeat, whatever happened to the file`() {
        var record = TokenRecord(clock: time(hour))
        record.noteGranted(
            token: "t", lifetimeMilliseconds: hour, scope: "", apiDomain: "", known: 7)
        #expect(record.generation == 8)
    }

    @Test func `a record reads back as it was written`() throws {
        var record = granted()
        record.noteRefused(1, credentials: "c", isFinal: true, advice: "look \"there\"")
        record.noteLockedOut(forMilliseconds: 600_000)
        record.noteFailure(random: 0.5)
        #expect(try TokenRecord(json: record.json) == record)
    }

    @Test func `damaged bytes are no record, at any cut`() throws {
        let bytes = granted().json
        for length in 0..<(bytes.count - 2) {
            #expect(try TokenRecord(json: Array(bytes[..<length])) == nil, "\(length) bytes")
        }
        for text in ["null", "[]", "{}", "{\"version\":1}", "{\"version\":1e400}"] {
            #expect(try TokenRecord(json: Array(text.utf8)) == nil)
        }
        let injected = String(decoding: bytes, as: UTF8.self)
            .replacing("\"token\":\"one\"", with: "\"token\":\"one\\r\\nX: y\"")
        #expect(try TokenRecord(json: Array(injected.utf8)) == nil)
        #expect(throws: LaterTokenFile.self) {
            try TokenRecord(json: Array("{\"version\":2}".utf8))
        }
    }

    @Test func `no time of a file makes a wait endless`() throws {
        var record = granted()
        record.lockedUntil = 999_999_999_999_999
        record.pausedUntil = 999_999_999_999_999
        record.exchanges = [999_999_999_999_999]
        let read = try #require(try TokenRecord(json: record.json)).rebased(to: time(hour))
        #expect(read.lockedUntil == 2 * hour)
        #expect(read.pausedUntil == hour + 10 * minute)
        #expect(read.exchanges == [hour])
    }
}
