import JSONText
package import JobModel

// Reading a related record back, to check that a delink left it in place.

/// A record that a delink should have left in place.
package struct RecordContent: Equatable, Sendable {
    package var module: APIName
    package var id: UInt64

    package init(module: APIName, id: UInt64) {
        self.module = module
        self.id = id
    }
}

/// The state of the record.
package enum ReadBackResult: Equatable, Sendable {
    case present
    case gone(ServiceMessage)
    /// Not readable with this token, or no clear answer.
    case unreadable(ServiceMessage)
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
    /// Classifies the answer to reading a record.
    ///
    ///     {"data":[{"id":"…"}]}        the record is there
    ///     204, or INVALID_DATA         it is gone
    ///     other records, a refusal     not readable
    package static func classify(
        _ answer: HTTPAnswer, for content: RecordContent
    ) -> Classification<ReadBackResult> {
        let body = readBody(answer)
        let message = serviceMessage(answer, body)
        if answer.status == 204, answer.body.isEmpty, !answer.isCutOff {
            return .content(.gone(message))
        }
        if answer.status == 429 { return readThrottled(answer, body) }
        guard isReadable(answer) else { return .unclear(message) }
        guard let body else {
            return answer.status == 401 ? .unauthorised(message) : .unclear(message)
        }
        if case .array(let records)? = body["data"] {
            let isThere =
                answer.status == 200 && records.count == 1
                && exactNumber(records[0]["id"]) == content.id
            return .content(isThere ? .present : .unreadable(message))
        }
        let whole: Classification<ReadBackResult> = readWhole(answer, body) { _, _ in .call }
        guard case .refused(let message, _) = whole else { return whole }
        return .content(message.code == "INVALID_DATA" ? .gone(message) : .unreadable(message))
    }
}
