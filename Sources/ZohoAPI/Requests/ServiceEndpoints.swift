package import JobModel

/// The addresses a run talks to. Pinned in its journal: a resume never reaches another organisation
/// by a changed setting.
package struct ServiceEndpoints: Equatable, Sendable {
    /// Host of the CRM API; requests bring their whole path.
    package var apiDomain: ServiceAddress
    /// Where tokens are exchanged; with a path, the exchange's own URL.
    package var accounts: ServiceAddress
    /// Base of the Creator API, `https://www.zohoapis.com/creator/v2.1/data`.
    package var creator: ServiceAddress

    /// The addresses of a data centre, each replaced by a setting where one is given.
    ///
    /// Creator follows the API domain unless it is set itself; without a path it gets the
    /// documented one. Its rows name their environment themselves.
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

    /// Where token exchanges are posted, path included (vertical solutions have another path, so it
    /// is a setting).
    package var tokenPath: String { accounts.path.isEmpty ? "/oauth/v2/token" : accounts.path }

    /// The address of a service.
    package subscript(service: Service) -> ServiceAddress {
        switch service {
        case .crm: apiDomain
        case .creator: creator
        case .accounts: accounts
        }
    }

    /// The whole URL of a request. A target is in origin form and already has the service's path.
    package func url(of request: APIRequest) -> String {
        precondition(
            request.target.utf8.first == UInt8(ascii: "/"),
            "the target of a \(request.method) request does not begin with a slash")
        return self[request.service].origin + request.target
    }

    /// The target as a journal pins it, one text for each address, in a fixed order.
    package var pinned: [(name: String, value: String)] {
        [
            (name: "target.apiDomain", value: apiDomain.description),
            (name: "target.accounts", value: accounts.description),
            (name: "target.creator", value: creator.description),
        ]
    }
}
