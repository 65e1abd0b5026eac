/// The simulated services; each has its own limits.
package enum ServiceKind: Equatable, Sendable {
    /// Zoho CRM.
    case crm
    /// Zoho Creator.
    case creator
    /// The accounts server, which issues tokens.
    case accounts

    /// By the first segment of the path; everything unknown is refused by the CRM.
    init(_ request: HTTPRequest) {
        let path = request.head[request.target]
        switch path.dropFirst().prefix(while: { $0 != 0x2F && $0 != 0x3F }) {
        case let word where word.elementsEqual("crm".utf8): self = .crm
        case let word where word.elementsEqual("creator".utf8): self = .creator
        case let word where word.elementsEqual("api".utf8): self = .creator
        case let word where word.elementsEqual("oauth".utf8): self = .accounts
        case let word where word.elementsEqual("clientoauth".utf8): self = .accounts
        default: self = .crm
        }
    }
}

/// The calls in flight at a service, and those of the last minute.
struct ServiceActivity: Sendable {
    /// Calls that were not refused by a limit.
    var accepted = CallWindow()
    /// All calls.
    var arrived = CallWindow()
    /// Accepted calls whose answer has not been sent yet.
    private(set) var active = 0
    /// The most calls that clients had open at once, a refused one counted at its arrival.
    private(set) var maximumActive = 0

    mutating func arrive(at now: Int64) {
        arrived.note(at: now)
        maximumActive = max(maximumActive, active + 1)
    }

    mutating func begin(at now: Int64) {
        accepted.note(at: now)
        active += 1
    }

    mutating func finish() {
        precondition(active > 0, "a call ended and none was active")
        active -= 1
    }
}
