// Which faults are injected, and when: the value of `--faults`.
//
//     plan  = rule *("," rule)
//     rule  = kind ["@" calls] [":" share] ["/" value]
//     calls = call *("+" call)
//     call  = number / number "-" number           the N-th call that came, from 1
//     share = number ["." digits] "%"              of all calls, up to four decimals
//     value = time / wait / size, as the kind defines it
//     time  = number ("ms" / "s")
//     wait  = time / "zero" / "negative" / "fraction" / "huge" / "text" / "empty" / "date" / "past"
//     size  = number "b"
//
// `500:2%` fails two in a hundred calls, `500@3` the third one, `429@10-20` eleven in a row,
// `chunked` every one. A kind may have both calls and a share. Spaces around rules are allowed.
//
// Kinds, and whether the call's effect happens:
//
//     429                not done  429 TOO_MANY_REQUESTS; `/wait` adds details.retry_after
//     429-rate           not done  429 RATE_LIMIT_EXCEEDED, the other documented body
//     429-credits        not done  429 that names the credits of 24 hours (in Creator: 4000)
//     429-concurrency    not done  429 that names the calls active at once
//     429-sub            not done  429 that names the sub-concurrency of the operation
//     429-day            not done  429 in an older shape: {"code":429,"error","error_info"}
//     401                not done  401 INVALID_TOKEN; at the next call the same token is good again
//     401-failure        not done  the same as AUTHENTICATION_FAILURE
//     302                not done  a redirect to another path
//     408                either    a page: the server waited too long for the request
//     413 414 431        not done  a page: the request is too large
//     html400            not done  a page: bad request
//     500 503            either    an error of the server's
//     html502 html200    either    a page in place of JSON: a proxy's, or a sign-in page
//     empty-object       either    `{}` with 200
//     empty200           either    200 without a body
//     reset              either    a TCP reset in place of an answer
//     hang               either    an answer that never comes
//     late               later     no answer, and the effect `/time` after the call came; without a
//                                  time right behind the effect of the service's next call
//     cut                done      Content-Length is larger than what is sent, then the end
//     missing-element    done      one element of `data` is left out
//     surplus-element    done      an element with an id that was not requested is added
//     wrong-count        done      one of the two, by chance
//     duplicate-element  done      an element replaces its neighbour (alone: appears twice)
//     foreign-id         done      an element has an id that was not requested
//     missing-id         done      an element carries no id
//     out-of-order       done      the elements come in another order
//     record-deleted     done      a success says `record deleted` for `relation removed`
//     child-removed      done      after a page of a deleted parent's children, its first one goes
//     child-added        done      after such a page, a new child comes before all others
//     slow               done      the answer is delayed by the given time, or by one second
//     cookies            done      the answer sets Zoho's two cookies
//     chunked            done      the body comes in chunks
//     retry-after        done      429 and 5xx answers get a `Retry-After` header with `/wait`
//     negative-credits   done      the answer has `X-API-CREDITS-REMAINING: -1`
//
// Either: not done, unless the name is followed by `-after` (`reset-after`); `-before` may be
// written for the plain form.
//
// A wait is given in seconds, rounded up, or as one of the words says: 0, -5, 0.5, a number past 64
// bits, a word, nothing, an HTTP date two seconds ahead, an HTTP date of 1994. 413, 414, 431 and
// html400 with a size affect only calls whose URL and body together are longer.
//
// The last five combine with all others. Of the others a call gets one: the first rule that lists
// its number, else one chosen at random; their shares may total at most 100 %. Each call draws the
// same number of random numbers, so a seed and a sequence of calls always give the same faults.
//
// If you add a kind: this table, `Kind`, `Organisation+Faults.swift`, and Simulator.md.

/// The injected faults.
package struct FaultPlan: Equatable, Sendable {
    /// What can go wrong; the raw value is the name in a plan.
    package enum Kind: String, CaseIterable, Sendable {
        case tooManyRequests = "429"
        case rateLimitExceeded = "429-rate"
        case creditsUsedUp = "429-credits"
        case tooManyActive = "429-concurrency"
        case tooManySubActive = "429-sub"
        case tooManyOfDay = "429-day"
        case invalidToken = "401"
        case authenticationFailure = "401-failure"
        case redirect = "302"
        case requestTimeout = "408"
        case requestTimeoutAfter = "408-after"
        case bodyTooLarge = "413"
        case addressTooLong = "414"
        case headerTooLarge = "431"
        case badRequestPage = "html400"
        case internalError = "500"
        case internalErrorAfter = "500-after"
        case unavailable = "503"
        case unavailableAfter = "503-after"
        case badGatewayPage = "html502"
        case badGatewayPageAfter = "html502-after"
        case page = "html200"
        case pageAfter = "html200-after"
        case emptyObject = "empty-object"
        case emptyObjectAfter = "empty-object-after"
        case emptyBody = "empty200"
        case emptyBodyAfter = "empty200-after"
        case reset = "reset"
        case resetAfter = "reset-after"
        case hang = "hang"
        case hangAfter = "hang-after"
        case late = "late"
        case cut = "cut"
        case missingElement = "missing-element"
        case surplusElement = "surplus-element"
        case wrongCount = "wrong-count"
        case duplicateElement = "duplicate-element"
        case foreignID = "foreign-id"
        case missingID = "missing-id"
        case outOfOrder = "out-of-order"
        case recordDeleted = "record-deleted"
        case childRemoved = "child-removed"
        case childAdded = "child-added"
        case slow = "slow"
        case cookies = "cookies"
        case chunked = "chunked"
        case retryAfter = "retry-after"
        case negativeCredits = "negative-credits"

        /// Whether it affects only the delivery of an answer and so combines with any other fault.
        package var isDecoration: Bool {
            switch self {
            case .slow, .cookies, .chunked, .retryAfter, .negativeCredits: true
            default: false
            }
        }

        /// Whether it prevents the call's effect (`late`: postpones it).
        package var preventsEffect: Bool {
            switch self {
            case .invalidToken, .authenticationFailure, .redirect, .requestTimeout, .bodyTooLarge,
                .addressTooLong, .headerTooLarge, .badRequestPage, .internalError, .unavailable,
                .badGatewayPage, .page, .emptyObject, .emptyBody, .reset, .hang, .late:
                true
            default:
                isThrottling
            }
        }

        /// Whether it is a 429.
        var isThrottling: Bool {
            switch self {
            case .tooManyRequests, .rateLimitExceeded, .creditsUsedUp, .tooManyActive,
                .tooManySubActive, .tooManyOfDay:
                true
            default:
                false
            }
        }

        /// What may follow a slash.
        var value: ValueKind {
            switch self {
            case .slow, .late: .time
            case .retryAfter: .wait
            case .bodyTooLarge, .addressTooLong, .headerTooLarge, .badRequestPage: .size
            default: isThrottling ? .wait : .none
            }
        }
    }

    /// What may follow a slash in a rule.
    enum ValueKind {
        case none, time, wait, size
    }

    /// Unreasonable `Retry-After` values.
    package enum MalformedRetryAfter: String, CaseIterable, Sendable {
        case zero, negative, fraction, huge, text, empty, date, past
    }

    /// One rule of a plan.
    package struct Rule: Equatable, Sendable {
        /// What goes wrong.
        package var kind: Kind
        /// The calls that it always affects, counted from 1.
        package var calls: [ClosedRange<UInt64>] = []
        /// The number of calls in a million that it affects by chance.
        package var perMillion: UInt64 = 0
        /// What `slow` adds, by how much `late` is late, or what a client is asked to wait, in
        /// nanoseconds.
        package var timeNanoseconds: Int64?
        /// The same, if no time.
        package var malformedRetryAfter: MalformedRetryAfter?
        /// Calls with no more bytes of URL and body are spared; nil spares none.
        package var sizeBytes: Int?

        func names(_ call: UInt64) -> Bool {
            calls.contains { $0.contains(call) }
        }

        func spares(_ length: Int) -> Bool {
            sizeBytes.map { length <= $0 } ?? false
        }
    }

    /// The faults of one call.
    package struct Decision: Equatable, Sendable {
        /// The one fault of the call.
        package var fault: Kind?
        /// The time of that fault's rule.
        package var timeNanoseconds: Int64?
        /// The wait that the fault asks for, if it is no time.
        package var malformedRetryAfter: MalformedRetryAfter?
        /// The rule of the `Retry-After` header, if there is one.
        package var retryAfter: Rule?
        /// Whether negative credits are reported.
        package var sendsNegativeCredits = false
        /// The additional delay.
        package var delayNanoseconds: Int64 = 0
        /// Whether cookies are set.
        package var setsCookies = false
        /// Whether the body comes in chunks.
        package var isChunked = false
    }

    /// The rules, in the order written.
    package var rules: [Rule] = []

    /// The plan without faults.
    package static let none = FaultPlan()

    /// The faults of the call with this number. Draws one random number, and one for each
    /// combinable fault.
    ///
    /// - Parameter length: the bytes of the call's URL and body.
    func decide(
        call: UInt64, length: Int, _ generator: inout SeededGenerator
    ) -> Decision {
        var decision = Decision()
        if rules.isEmpty { return decision }
        var draw = generator.number(below: 1_000_000)
        var drawn: Rule?
        var named: Rule?
        for rule in rules {
            if rule.kind.isDecoration {
                let isDrawn = generator.number(below: 1_000_000) < rule.perMillion
                if isDrawn || rule.names(call) { decision.decorate(rule) }
                continue
            }
            if named == nil, rule.names(call), !rule.spares(length) { named = rule }
            if drawn == nil {
                if draw < rule.perMillion { drawn = rule } else { draw -= rule.perMillion }
            }
        }
        if let rule = drawn, rule.spares(length) { drawn = nil }
        let chosen = named ?? drawn
        decision.fault = chosen?.kind
        decision.timeNanoseconds = chosen?.timeNanoseconds
        decision.malformedRetryAfter = chosen?.malformedRetryAfter
        return decision
    }
}

extension FaultPlan.Decision {
    fileprivate mutating func decorate(_ rule: FaultPlan.Rule) {
        switch rule.kind {
        case .slow: delayNanoseconds += rule.timeNanoseconds ?? 1_000_000_000
        case .cookies: setsCookies = true
        case .chunked: isChunked = true
        case .retryAfter: retryAfter = rule
        case .negativeCredits: sendsNegativeCredits = true
        default: preconditionFailure("the fault \(rule.kind.rawValue) does not decorate answers")
        }
    }
}
