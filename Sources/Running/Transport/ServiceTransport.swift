package import Execution
import JobModel
package import ZohoAPI

/// The transport of real runs: `CurlTransport` on the control queue, with the token's header field.
package struct ServiceTransport: Transport {
    private let curl: Confined<CurlTransport>
    private let report: AttemptReport

    /// Makes the transports of runs; timeout and connections are those of the run's limits.
    package static func factory(_ settings: TransportSettings) -> TransportFactory {
        { queue, limits, report in
            var settings = settings
            settings.timeout = limits.timeout
            // Idle connections of all services together: a run never has more in flight.
            settings.connectionCount =
                limits.concurrency[.crm, default: 1]
                + limits.concurrency[.creator, default: 1]
            return ServiceTransport(
                curl: Confined(
                    try CurlTransport(settings: settings, queue: queue), queue: queue),
                report: report)
        }
    }

    package func send(_ attempt: AttemptID, _ request: APIRequest, token: AccessToken) {
        curl.withValue { transport in
            transport.send(request, authorization: "Zoho-oauthtoken \(token.secret)") {
                [report] result in
                report(attempt, result.map { $0.withoutSecret(token.secret) })
            }
        }
    }

    package func cancelAll() {
        curl.withValue { $0.cancelAll() }
    }

    package func close() {
        curl.withValue { $0.close() }
    }
}

extension HTTPAnswer {
    /// The answer with asterisks where its body repeats the secret: servers have been seen to
    /// repeat what they were sent, and messages of answers are kept in journals and reports.
    func withoutSecret(_ secret: String) -> HTTPAnswer {
        let secret = Array(secret.utf8)
        guard secret.count >= SafeText.minimumSecretByteCount, let first = secret.first,
            body.count >= secret.count
        else { return self }
        var answer = self
        var start = 0
        while let place = answer.body[start...].firstIndex(of: first),
            place + secret.count <= answer.body.count
        {
            let end = place + secret.count
            guard answer.body[place..<end].elementsEqual(secret) else {
                start = place + 1
                continue
            }
            for index in place..<end { answer.body[index] = UInt8(ascii: "*") }
            start = end
        }
        return answer
    }
}
