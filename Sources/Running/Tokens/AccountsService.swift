import Dispatch
package import ZohoAPI

/// Asks the accounts server for tokens of one client and grant.
package protocol AccountsService: Sendable {
    /// One exchange is one sending. Never blocks; exactly one completion, on any queue. After a
    /// failure it is not known whether the server acted, unless the request never left.
    ///
    /// - Parameter bound: No later than this it has failed, whatever the service's own time-out.
    func exchange(
        within bound: Duration,
        completion: @escaping @Sendable (Result<TokenExchangeResult, TransportFailure>) -> Void)
}

/// The accounts server by libcurl: a connection of its own for each exchange, for they are rare.
package struct CurlAccountsService: AccountsService {
    /// An exchange takes no longer than this, and no longer than a call may (`--timeout`).
    package static let maximumTimeout = Duration.seconds(30)

    private let grant: TokenGrant
    private let client: TokenClient
    private let settings: TransportSettings

    /// - Parameter settings: Endpoints, proxy, authorities and the time-out of a call.
    package init(_ grant: TokenGrant, client: TokenClient, settings: TransportSettings) {
        self.grant = grant
        self.client = client
        var settings = settings
        settings.timeout = min(settings.timeout, CurlAccountsService.maximumTimeout)
        settings.firstByteTimeout = nil
        settings.connectionCount = 1
        self.settings = settings
    }

    package func exchange(
        within bound: Duration,
        completion: @escaping @Sendable (Result<TokenExchangeResult, TransportFailure>) -> Void
    ) {
        var settings = settings
        settings.timeout = min(settings.timeout, bound)
        let request = TokenExchange.request(
            grant, client: client, path: settings.endpoints.tokenPath)
        let grantSecret =
            switch grant {
            case .refreshToken(let token): token
            case .authorisationCode(let code, _): code
            }
        let secrets = [client.secret, grantSecret]
        SingleRequest.send(request, authorization: nil, settings: settings) { result in
            completion(result.map { TokenExchange.classify($0, hiding: secrets) })
        }
    }
}

/// One request on a connection of its own, outside of any run: token exchanges, and the questions
/// of `auth check`.
package enum SingleRequest {
    /// Never blocks; exactly one completion, on a queue of its own.
    ///
    /// - Parameter authorization: Value of the `Authorization` field; never shown anywhere.
    package static func send(
        _ request: APIRequest, authorization: String?, settings: TransportSettings,
        completion: @escaping @Sendable (Result<HTTPAnswer, TransportFailure>) -> Void
    ) {
        let queue = DispatchQueue(label: "relsweep.one-request")
        queue.async {
            let transport: Confined<CurlTransport>
            do {
                transport = Confined(
                    try CurlTransport(settings: settings, queue: queue), queue: queue)
            } catch {
                let failure = TransportFailure(.notSent, "libcurl can't be set up")
                return completion(.failure(failure))
            }
            transport.withValue { curl in
                curl.send(request, authorization: authorization) { result in
                    completion(result)
                    // Not within the completion: libcurl is still at work below it.
                    transport.async { $0.close() }
                }
            }
        }
    }
}
