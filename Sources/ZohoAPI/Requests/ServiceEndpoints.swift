package import JobModel

/// The addresses a run uses. Pinned in the journal, so that a changed setting never redirects a
/// resumed run.
package struct ServiceEndpoints: Equatable, Sendable {
    /// Base of the CRM API; requests contain the whole path.
    package var apiDomain: ServiceAddress
    /// Accounts server; with a path, the URL of the token exchange.
    package var accounts: ServiceAddress
    /// Base of the Creator API, `https://www.zohoapis.com/creator/v2.1/data`.
    package var creator: ServiceAddress

    /// The addresses of a data centre, with overrides from the settings.
    ///
    /// Creator uses the API domain unless set separately; without a path, the documented one.
    /// Creator rows name their environment themselves.
    ///
    /// - Parameter environment: nil = not said: production, unless the API domain is another's.
    /// - Throws: `otherEnvironment` when the environment and the API domain disagree: what was
    ///   meant for a copy must not reach the organisation itself.
    package init(
        dataCentre: DataCentre = .us, environment: DataCentre.CRMEnvironment? = nil,
        apiDomain: ServiceAddress? = nil, accountsURL: ServiceAddress? = nil,
        creatorURL: ServiceAddress? = nil
    ) throws(ServiceAddressError) {
        let domain = try ServiceAddress("https://\(dataCentre.apiHost(environment ?? .production))")
        self.apiDomain = apiDomain ?? domain
        if let environment {
            let ofHost = DataCentre.CRMEnvironment(apiHost: self.apiDomain.host)
            guard environment == ofHost ?? .production else {
                throw ServiceAddressError(.otherEnvironment(environment, host: self.apiDomain.host))
            }
        }
        let accountsServer = try ServiceAddress("https://\(dataCentre.accountsHost)")
        accounts = accountsURL ?? accountsServer
        let creator = creatorURL ?? self.apiDomain
        self.creator =
            creator.path.isEmpty
            ? try ServiceAddress(creator.origin + Self.creatorPath, allowsPath: true) : creator
    }

    /// Every service at one address: the built-in simulator, and tests.
    package init(everythingAt address: ServiceAddress) {
        apiDomain = address
        accounts = address
        creator = address
    }

    /// Path of the Creator API 2.1 (ServiceFacts: Creator delete).
    package static let creatorPath = "/creator/v2.1/data"

    /// URL of the token exchange (vertical solutions use another path, hence a setting).
    package var tokenPath: String { accounts.path.isEmpty ? "/oauth/v2/token" : accounts.path }

    /// The address of a service.
    package subscript(service: Service) -> ServiceAddress {
        switch service {
        case .crm: apiDomain
        case .creator: creator
        case .accounts: accounts
        }
    }

    /// The full URL of a request. The target is in origin form and includes the service's path.
    package func url(of request: APIRequest) -> String {
        precondition(
            request.target.utf8.first == UInt8(ascii: "/"),
            "the target of a \(request.method) request does not begin with a slash")
        return self[request.service].origin + request.target
    }

    /// The target as pinned in the journal: one string per address, in a fixed order.
    package var pinned: [(name: String, value: String)] {
        [
            (name: "target.apiDomain", value: apiDomain.description),
            (name: "target.accounts", value: accounts.description),
            (name: "target.creator", value: creator.description),
        ]
    }
}
