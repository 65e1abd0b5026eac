import JSONText
package import JobModel

/// The content of a Creator round, built from the plan or the journal.
package struct RoundContent: Equatable, Sendable {
    package var job: CreatorJob
    /// Ids that an earlier round could not delete, at most `CreatorJob.maximumExcluded`;
    package var excluded: [UInt64]
    /// Explicit ids that the round may delete, 1…`CreatorJob.recordsPerRound`; nil: all that the
    /// criteria matches.
    package var explicitIDs: [UInt64]?

    package init(job: CreatorJob, excluded: [UInt64] = [], explicitIDs: [UInt64]? = nil) {
        self.job = job
        self.excluded = excluded
        self.explicitIDs = explicitIDs
    }
}

/// The content of the listing that precedes a round with explicit ids. Read-only.
package struct ListingContent: Equatable, Sendable {
    package var job: CreatorJob
    /// As `RoundContent.excluded`: those are not listed again.
    package var excluded: [UInt64]

    package init(job: CreatorJob, excluded: [UInt64] = []) {
        self.job = job
        self.excluded = excluded
    }
}

/// The content of a `discover-deleted` page call.
package struct PageContent: Equatable, Sendable {
    package var parent: DeletedParent
    /// From 1.
    package var page: Int

    package init(parent: DeletedParent, page: Int) {
        self.parent = parent
        self.page = page
    }
}

/// Deletes the records that a report shows and the criteria match, at most 200 (ServiceFacts:
/// Creator delete).
///
///     DELETE {creator path}/{owner}/{app}/report/{report}?process_until_limit=true
///     environment: development        absent: production
///     demo_user_name: demouser_1      where the row has one
///
///     {"criteria":"…","skip_workflow":["form_workflow"],"result":{"message":true,"tasks":true}}
///
/// `process_until_limit` is in the query, as in Zoho's Java, JavaScript and Python samples; without
/// it a round with more matches is refused (3960). `skip_workflow` is left out if workflows are to
/// run. Each round is sent on a fresh connection: a reset connection would leave the round in
/// doubt, and doubt here costs 200 records.
package enum CreatorRoundRequest {
    /// The request of a round.
    ///
    /// Traps on names and criteria that planning rejects, and on too many or duplicate ids.
    package static func request(
        for content: RoundContent, profile: ServiceProfile = .init()
    ) -> APIRequest {
        let job = content.job
        var writer = JSONWriter()
        writer.beginObject()
        writer.member(
            "criteria",
            string: Criteria.wrapped(
                job.criteria, excluding: content.excluded, explicitIDs: content.explicitIDs))
        if job.skipsWorkflow { writer.member("skip_workflow", value: ["form_workflow"]) }
        writer.member("result", value: ["message": true, "tasks": true])
        writer.endObject()
        return APIRequest(
            service: .creator, method: .delete,
            target: ServiceURL.target(of: content, profile: profile), body: writer.bytes,
            headers: headers(of: job), needsFreshConnection: true)
    }

    /// The header fields that select the application's environment.
    static func headers(of job: CreatorJob) -> [HTTPHeader] {
        var headers: [HTTPHeader] = []
        if job.environment != .production {
            headers.append(HTTPHeader("environment", job.environment.rawValue))
        }
        if let user = job.demoUser {
            precondition(
                CreatorName.isUsableUser(user),
                "the demo user \"\(user)\" was not checked by planning")
            headers.append(HTTPHeader("demo_user_name", user))
        }
        return headers
    }
}

/// Lists the ids of matching records for rounds with explicit ids ("Get Records", v2.1).
///
///     GET {creator path}/{owner}/{app}/report/{report}?max_records=200&criteria=…
///
/// Same path and header fields as a round, so that both address the same data. Needs
/// `ZohoCreator.report.READ`.
package enum CreatorListingRequest {
    /// The request of a listing.
    package static func request(
        for content: ListingContent, profile: ServiceProfile = .init()
    ) -> APIRequest {
        APIRequest(
            service: .creator, method: .get,
            target: ServiceURL.target(of: content, profile: profile),
            headers: CreatorRoundRequest.headers(of: content.job))
    }
}

extension ServiceURL {
    /// The target of a Creator round.
    ///
    ///     /creator/v2.1/data/jason18/zylker-store/report/All_Orders?process_until_limit=true
    package static func target(of content: RoundContent, profile: ServiceProfile = .init())
        -> String
    {
        let text = reportPath(of: content.job, profile: profile) + "?process_until_limit=true"
        checkReport(text, isRound: true, profile: profile)
        return text
    }

    /// The target of a listing before a pinned round.
    package static func target(of content: ListingContent, profile: ServiceProfile = .init())
        -> String
    {
        let criteria = Criteria.wrapped(
            content.job.criteria, excluding: content.excluded, explicitIDs: nil)
        let text =
            reportPath(of: content.job, profile: profile)
            + "?max_records=\(CreatorJob.recordsPerRound)&criteria=" + percentEncoded(criteria)
        checkReport(text, isRound: false, profile: profile)
        return text
    }

    private static func reportPath(of job: CreatorJob, profile: ServiceProfile) -> String {
        for name in [job.owner, job.app, job.report] {
            precondition(
                CreatorName.fault(in: name) == nil,
                "the name \"\(name)\" was not checked by planning")
        }
        return profile.creatorPath + "/" + percentEncoded(job.owner) + "/" + percentEncoded(job.app)
            + "/report/" + percentEncoded(job.report)
    }

    /// Percent-encodes a path segment, query value or form value: all but letters, digits
    /// and `-._~`.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes = [UInt8]()
        bytes.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Verifies the path: after the base exactly owner, application, `report` and report name. One
    /// more segment would address a single record, `DELETE …/report/{report}/{record}`.
    private static func checkReport(_ text: String, isRound: Bool, profile: ServiceProfile) {
        let base = Array(profile.creatorPath.utf8)
        let bytes = Array(text.utf8)
        precondition(
            bytes.starts(with: base) && base.last != UInt8(ascii: "/"),
            "the Creator path is \"\(profile.creatorPath)\"")
        let rest = bytes.dropFirst(base.count)
        let path = rest.prefix { $0 != UInt8(ascii: "?") }
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let areNamed = segments.dropFirst().allSatisfy { segment in
            !segment.isEmpty && segment.allSatisfy { isUnreserved($0) || $0 == UInt8(ascii: "%") }
                && !segment.elementsEqual(".".utf8) && !segment.elementsEqual("..".utf8)
        }
        precondition(
            segments.count == 5 && segments[0].isEmpty && areNamed
                && segments[3].elementsEqual("report".utf8),
            "a Creator target has \(segments.count) segments, or an empty one")
        let query = rest.dropFirst(path.count)
        precondition(
            isRound
                ? query.elementsEqual("?process_until_limit=true".utf8)
                : query.starts(with: "?max_records=200&criteria=".utf8),
            "the query of a Creator \(isRound ? "round" : "listing") is wrong")
    }
}
