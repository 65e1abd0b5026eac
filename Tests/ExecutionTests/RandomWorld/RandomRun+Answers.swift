import JobModel
import Journaling
import ZohoAPI

@testable import Execution

// Rounds, listings and pages: how they are answered, and when they may be sent.

extension RandomRun {
    /// Answers a round, a listing or a page.
    mutating func answer(
        _ id: AttemptID, _ ask: LaneService.Ask, _ session: inout Session
    ) {
        checkSendings(session)
        let report = flyingRounds.removeValue(forKey: id)
        let fault = choose()
        switch fault {
        case .html, .server, .timedOut, .lost, .askingForPause:
            if Bool.random(using: &random) { serial.perform(ask) }
            if let report { quietUntil[report] = session.harness.now + limits.timeout }
        default: break
        }
        switch fault {
        case .none, .failedElements, .refusedItem, .notFound:
            let (status, body) = serial.answer(ask, damagesOne: false)
            session.harness.answer(id, status: status, body)
        case .someUnclear:
            let (status, body) = serial.answer(ask, damagesOne: true)
            session.harness.answer(id, status: status, body)
        case .html: session.harness.answer(id, "<html>busy</html>")
        case .throttled: session.harness.answer(id, status: 429, #"{"code":2955}"#)
        case .server: session.harness.answer(id, status: 500, "")
        case .askingForPause:
            let seconds = Int.random(in: -5...90, using: &random)
            session.harness.answer(id, status: 503, "", retryAfter: seconds)
        case .tooLong: session.harness.answer(id, status: 414, "<html>")
        case .timedOut: session.harness.fail(id, .timedOut)
        case .lost: session.harness.fail(id, .connectionLost)
        case .notSent:
            session.neverArrived.insert(id)
            session.harness.fail(id, .notSent)
        case .badToken: session.harness.answer(id, status: 401, #"{"code":1030}"#)
        case .refusedParent:
            session.harness.answer(id, status: 404, #"{"code":2894,"description":"No report."}"#)
        case .refusedKind:
            session.harness.answer(id, status: 400, #"{"code":1130,"description":"No API."}"#)
        }
    }

    /// Answers the reading of a record that a delink was to leave in place.
    mutating func answerReadBack(
        _ id: AttemptID, _ request: APIRequest, _ session: inout Session
    ) {
        switch choose() {
        case .none, .someUnclear, .refusedItem, .refusedParent, .failedElements, .notFound:
            let record = request.target.split(separator: "/").last?.prefix { $0 != "?" } ?? ""
            isProven = true
            session.harness.answer(id, #"{"data":[{"id":"\#(record)"}]}"#)
        case .html: session.harness.answer(id, "<html>busy</html>")
        case .throttled:
            session.harness.answer(id, status: 429, Bodies.refusal("TOO_MANY_REQUESTS"))
        case .server: session.harness.answer(id, status: 500, Bodies.refusal("INTERNAL_ERROR"))
        case .askingForPause: session.harness.answer(id, status: 503, "", retryAfter: 30)
        case .tooLong: session.harness.answer(id, status: 414, "<html>")
        case .timedOut: session.harness.fail(id, .timedOut)
        case .lost: session.harness.fail(id, .connectionLost)
        case .notSent:
            session.neverArrived.insert(id)
            session.harness.fail(id, .notSent)
        case .badToken: session.harness.answer(id, status: 401, Bodies.refusal("INVALID_TOKEN"))
        case .refusedKind:
            session.harness.answer(id, status: 401, Bodies.refusal("OAUTH_SCOPE_MISMATCH"))
        }
    }

    /// Until a record was read back, relations are removed one at a time.
    mutating func checkProof(_ request: APIRequest, _ session: Session) {
        guard readsBack, haltsOnRecordDeleted, !isProven, request.service == .crm,
            request.method == .delete
        else { return }
        if Bodies.ids(of: request).count > 1 { problems.append("several items before a proof") }
        let atOnce = session.harness.inFlight.count {
            $0.request.method == .delete && $0.request.service == .crm
        }
        if atOnce > 1 { problems.append("several calls before a proof") }
    }

    /// Timed-out requests that may still be executing.
    mutating func loseFlyingRounds(at now: Moment) {
        for report in flyingRounds.values { quietUntil[report] = now + limits.timeout }
        flyingRounds = [:]
    }

    /// One report's calls come one after the other, and after a doubt only when its timeout has
    /// passed.
    mutating func checkSendings(_ session: Session) {
        let sent = session.harness.sent
        for sending in sent[checkedSendings...] {
            checkProof(sending.request, session)
            guard let ask = LaneService.ask(of: sending.request) else { continue }
            switch ask {
            case .round(let row, _, _), .listing(let row, _):
                guard let report = serial.pools[row]?.job.reportKey else { continue }
                if flyingRounds.values.contains(report) {
                    problems.append("two calls of a report at once")
                }
                if let quiet = quietUntil[report], sending.at < quiet {
                    problems.append("a round leaves while one in doubt may be at work")
                }
                if case .round = ask {
                    flyingRounds[sending.id] = report
                    if !sending.request.needsFreshConnection {
                        problems.append("a round shares a connection")
                    }
                }
            case .page: continue
            }
        }
        checkedSendings = sent.count
    }
}

extension APIRequest {
    /// `GET /crm/v8/{module}/{id}?fields=id`.
    var isReadBack: Bool {
        method == .get && service == .crm && !target.contains("/deleted/")
    }
}
