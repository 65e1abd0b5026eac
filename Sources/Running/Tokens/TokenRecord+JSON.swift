// The file of a cached token, one JSON object:
//
//   {"version":1,"clock":{"boot":"…","uptime":ms,"wall":ms},"generation":7,"token":"…",
//    "obtainedAt":ms,"expiresAt":ms,"scope":"…","apiDomain":"…","exchanges":[ms,…],
//    "lockedUntil":ms,"pausedUntil":ms,"troubles":0,"proven":7,
//    "refusal":{"generation":7,"at":ms,"credentials":"…","final":true,"text":"…"}}
//
// All times but "wall" are uptime. If you change this: readers of an older file must still find a
// token there or none, and the version goes up when a member changes its meaning. A file of a later
// version is not used and not overwritten.

import JSONText
import JobModel
import SystemCalls

/// A file of a later relsweep.
struct LaterTokenFile: Error {
    let version: Int64
}

extension TokenRecord {
    private static let version = 1
    /// Bytes that a token may have, as a credential may.
    private static let maximumTokenByteCount = 4_096

    private static let maximumTextByteCount = 2_000

    /// The record as the bytes of its file.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("version", integer: TokenRecord.version)
        writer.key("clock")
        writer.beginObject()
        writer.member("boot", string: clock.bootID)
        writer.member("uptime", integer: clock.uptimeMilliseconds)
        writer.member("wall", integer: clock.wallMilliseconds)
        writer.endObject()
        writer.member("generation", integer: generation)
        writer.member("token", string: token)
        writer.member("obtainedAt", integer: obtainedAt)
        writer.member("expiresAt", integer: expiresAt)
        writer.member("scope", string: scope)
        writer.member("apiDomain", string: apiDomain)
        writer.key("exchanges")
        writer.beginArray()
        for time in exchanges { writer.integer(time) }
        writer.endArray()
        if let lockedUntil { writer.member("lockedUntil", integer: lockedUntil) }
        if let pausedUntil { writer.member("pausedUntil", integer: pausedUntil) }
        writer.member("troubles", integer: failureCount)
        writer.member("proven", integer: provenGeneration)
        if let refusal {
            writer.key("refusal")
            writer.beginObject()
            writer.member("generation", integer: refusal.generation)
            writer.member("at", integer: refusal.at)
            writer.member("credentials", string: refusal.credentials)
            writer.member("final", bool: refusal.isFinal)
            writer.member("text", string: refusal.text)
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes + [0x0A]
    }

    /// Reads a file's bytes; nil if damaged: a missing member or one of another type invalidates
    /// the whole record.
    init?(json bytes: [UInt8]) throws(LaterTokenFile) {
        let tree: JSONValue
        do throws(JSONError) {
            tree = try JSONTree.parse(bytes)
        } catch {
            return nil
        }
        guard let version = tree["version"]?.time else { return nil }
        if version > Int64(TokenRecord.version) { throw LaterTokenFile(version: version) }
        guard let boot = tree["clock"]?["boot"]?.string,
            let uptime = tree["clock"]?["uptime"]?.time,
            let wall = tree["clock"]?["wall"]?.time, let generation = tree["generation"]?.time,
            let token = tree["token"]?.string, let obtainedAt = tree["obtainedAt"]?.time,
            let expiresAt = tree["expiresAt"]?.time, let exchanges = tree["exchanges"]?.array,
            let troubles = tree["troubles"]?.time, let proven = tree["proven"]?.time
        else { return nil }
        self.init(
            clock: SharedTime(
                bootID: boot, uptimeMilliseconds: uptime, wallMilliseconds: wall))
        self.generation = Int(generation)
        // A header value must not contain line breaks.
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            token.utf8.count <= TokenRecord.maximumTokenByteCount
        else { return nil }
        self.token = token
        self.obtainedAt = obtainedAt
        self.expiresAt = expiresAt
        scope = tree["scope"]?.string ?? ""
        apiDomain = tree["apiDomain"]?.string ?? ""
        self.exchanges = exchanges.compactMap(\.time).suffix(TokenRecord.maximumExchanges)
        lockedUntil = tree["lockedUntil"]?.time
        pausedUntil = tree["pausedUntil"]?.time
        failureCount = Int(min(max(troubles, 0), 30))
        provenGeneration = Int(proven)
        if let refusal = tree["refusal"] {
            guard let generation = refusal["generation"]?.time, let at = refusal["at"]?.time,
                let credentials = refusal["credentials"]?.string,
                let isFinal = refusal["final"]?.bool, let text = refusal["text"]?.string
            else { return nil }
            self.refusal = Refusal(
                generation: Int(generation), at: at, credentials: credentials, isFinal: isFinal,
                text: SafeText.sanitised(text, maximumByteCount: TokenRecord.maximumTextByteCount))
        }
    }
}

extension JSONValue {
    /// A whole number small enough for arithmetic: 15 digits hold 30,000 years of milliseconds.
    fileprivate var time: Int64? {
        guard let text = number?.text, text.utf8.count <= 16, let value = Int64(text),
            value.magnitude < 1_000_000_000_000_000
        else { return nil }
        return value
    }
}
