import Dispatch
import JobModel
import Running
import ZohoAPI

/// A transport on a queue of its own, to be awaited. Timeouts of the transport bound every wait.
struct TransportClient: Sendable {
    let confined: Confined<CurlTransport>

    init(
        _ address: String, change: (inout TransportSettings) -> Void = { _ in }
    ) throws {
        var settings = TransportSettings(
            endpoints: ServiceEndpoints(everythingAt: try ServiceAddress(address)),
            userAgent: "relsweep/test")
        // Much longer than any delay on a busy machine.
        settings.timeout = .seconds(600)
        settings.connectTimeout = .seconds(600)
        change(&settings)
        let queue = DispatchQueue(label: "transport")
        confined = Confined(try CurlTransport(settings: settings, queue: queue), queue: queue)
    }

    static func request(
        _ target: String = "/crm/v2/Campaigns/1/Leads/2", method: HTTPMethod = .delete,
        body: String = "", headers: [HTTPHeader] = [], fresh: Bool = false
    ) -> APIRequest {
        APIRequest(
            service: .crm, method: method, target: target, body: Array(body.utf8),
            headers: headers, needsFreshConnection: fresh)
    }

    func send(_ request: APIRequest = request(), authorization: String? = "Zoho-oauthtoken secret")
        async -> TransportResult
    {
        await withCheckedContinuation { continuation in
            confined.async { transport in
                transport.send(request, authorization: authorization) {
                    continuation.resume(returning: $0)
                }
            }
        }
    }

    /// Sends each when the one before has ended, on the transport's queue: if a test is delayed by
    /// minutes between two calls, its connection is too old to be used again.
    func send(inTurn requests: [APIRequest]) async -> [TransportResult] {
        await withCheckedContinuation { continuation in
            send(requests[...], []) { continuation.resume(returning: $0) }
        }
    }

    private func send(
        _ requests: ArraySlice<APIRequest>, _ results: [TransportResult],
        _ finish: @escaping @Sendable ([TransportResult]) -> Void
    ) {
        guard let request = requests.first else { return finish(results) }
        confined.async { transport in
            transport.send(request, authorization: "Zoho-oauthtoken secret") {
                send(requests.dropFirst(), results + [$0], finish)
            }
        }
    }

    func close() { confined.async { $0.close() } }
}

typealias TransportResult = Result<HTTPAnswer, TransportFailure>

extension TransportResult {
    var answer: HTTPAnswer? { if case .success(let answer) = self { answer } else { nil } }
    var failure: TransportFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
