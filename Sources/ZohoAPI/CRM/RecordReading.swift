import JSONText
package import JobModel

// Reading a related record back: whether a delink has left it in place.

/// A record that a delink was to leave in place.
package struct RecordContent: Equatable, Sendable {
    package var module: APIName
    package var id: UInt64

    package init(module: APIName, id: UInt64) {
        self.module = module
        self.id = id
    }
}

/// What became of the record.
package enum RecordFinding: Equatable, Sendable {
    case isThere
    case isGone(Remark)
    /// The service does not let us read it, or gave no clear answer.
    case notReadable(Remark)
}

/// What a complete answer to the reading of a record means. The request changes nothing.
package enum RecordJudgement: Equatable, Sendable {
    case record(RecordFinding)
    case throttled(Remark, retryAfter: Duration?)
    case unauthorised(Remark)
    case outOfCalls(Remark)
    case unclear(Remark)
}

extension APIRequest {
    /// `GET /crm/{version}/{module}/{id}?fields=id`: no body, no effect.
    ///
    /// Traps on an id of 0.
    package init(for content: RecordContent, profile: ServiceProfile = .init()) {
        precondition(content.id != 0, "record \(content.id) of \(content.module) is read back")
        self.init(
            service: .crm, method: .get,
            target: "/crm/\(profile.crmVersion)/\(content.module.text)/\(content.id)?fields=id")
    }
}

extension AnswerReading {
    /// What the answer to the reading of a record means.
    ///
    ///     {"data":[{"id":"…"}]}        the record is there
    ///     204, or INVALID_DATA         it is gone
    ///     other records, a refusal     not readable
    package static func judge(_ answer: HTTPAnswer, for content: RecordContent) -> RecordJudgement {
        let body = readBody(answer)
        let remark = remark(answer, body)
        if answer.status == 204, answer.body.isEmpty, !answer.isCutOff {
            return .record(.isGone(remark))
        }
        if answer.status == 429 { return RecordJudgement(readThrottled(answer, body)) }
        guard isReadable(answer) else { return .unclear(remark) }
        guard let body else {
            return answer.status == 401 ? .unauthorised(remark) : .unclear(remark)
        }
        if case .array(let records)? = body["data"] {
            let isThere =
                answer.status == 200 && records.count == 1
                && exactNumber(records[0]["id"]) == content.id
            return .record(isThere ? .isThere : .notReadable(remark))
        }
        return RecordJudgement(readWhole(answer, body) { _, _ in .call })
    }
}

extension RecordJudgement {
    fileprivate init(_ answer: WholeAnswer) {
        switch answer {
        case .throttled(let remark, let pause): self = .throttled(remark, retryAfter: pause)
        case .unauthorised(let remark): self = .unauthorised(remark)
        case .outOfCalls(let remark): self = .outOfCalls(remark)
        case .unclear(let remark): self = .unclear(remark)
        case .refused(let remark, _):
            self = .record(remark.code == "INVALID_DATA" ? .isGone(remark) : .notReadable(remark))
        }
    }
}
