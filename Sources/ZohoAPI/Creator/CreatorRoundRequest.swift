import JSONText
import JobModel

/// Deletes what a report shows and a criteria matches, 200 records at most (document "Delete
/// Records - v2.1").
///
///     DELETE {creator path}/{owner}/{app}/report/{report}?process_until_limit=true
///     environment: development        absent: production
///     demo_user_name: demouser_1      where the row has one
///
///     {"criteria":"…","skip_workflow":["form_workflow"],"result":{"message":true,"tasks":true}}
///
/// `process_until_limit` stands in the query, as in the document's Java, JavaScript and Python
/// samples; without it a round with more matches is refused (3960). `skip_workflow` is left out
/// where workflows are to run. Each round is sent on a fresh connection: one that had been reset
/// would leave doubt, and doubt here costs 200 records.
package enum CreatorRoundRequest {
    /// The request of a round.
    ///
    /// Traps on names and criteria that planning refuses, and on too many or doubled ids.
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

    /// The header fields that say which data of the application is meant.
    static func headers(of job: CreatorJob) -> [HTTPHeader] {
        var headers: [HTTPHeader] = []
        if job.environment != .production {
            headers.append(HTTPHeader("environment", job.environment.rawValue))
        }
        if let user = job.demoUser {
            precondition(
                CreatorName.isUsableUser(user), "broken belief: planning checked the demo user")
            headers.append(HTTPHeader("demo_user_name", user))
        }
        return headers
    }
}

/// Lists the ids of records that a criteria matches, for `creator.pin` (Zoho's page "Get Records -
/// v2.1").
///
///     GET {creator path}/{owner}/{app}/report/{report}?max_records=200&criteria=…
///
/// The same path and header fields as a round, so that both speak of the same data. Needs
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
