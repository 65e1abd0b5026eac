/// A Zoho data centre. An account lives in exactly one, and its tokens are valid only there.
///
/// Hosts as in Zoho's SDK; those of the United Kingdom and the United Arab Emirates come from third
/// parties. Canada's accounts host has another domain than its API host.
package enum DataCentre: String, CaseIterable, Sendable {
    case us, eu, `in`, au, jp, cn, ca, sa, uk, ae

    /// The environment of an organisation. Each has its own tokens, issued by the same accounts
    /// host.
    package enum CRMEnvironment: String, CaseIterable, Sendable {
        case production, sandbox, developer

        /// The environment whose API host this is, in any data centre; nil for all other hosts.
        ///
        /// - Parameter apiHost: lower case.
        package init?(apiHost: String) {
            let found = DataCentre.CRMEnvironment.allCases.first { environment in
                DataCentre.allCases.contains { $0.apiHost(environment) == apiHost }
            }
            guard let found else { return nil }
            self = found
        }

        fileprivate var subdomain: String {
            switch self {
            case .production: "www"
            case .sandbox: "sandbox"
            case .developer: "developer"
            }
        }
    }

    /// Parses a data centre: `eu`, `EU`, `com.au` or `.com.au`; nil for anything else.
    package init?(_ text: String) {
        let name = text.lowercased()
        let ending = name.hasPrefix(".") ? String(name.dropFirst()) : name
        guard
            let found = DataCentre.allCases.first(where: {
                $0.rawValue == name || $0.topLevelDomain == ending
            })
        else { return nil }
        self = found
    }

    /// The suffix after `zohoapis.`: `com`, `com.au`, ….
    package var topLevelDomain: String {
        switch self {
        case .us: "com"
        case .eu: "eu"
        case .in: "in"
        case .au: "com.au"
        case .jp: "jp"
        case .cn: "com.cn"
        case .ca: "ca"
        case .sa: "sa"
        case .uk: "uk"
        case .ae: "ae"
        }
    }

    /// Host that exchanges tokens.
    package var accountsHost: String {
        self == .ca ? "accounts.zohocloud.ca" : "accounts.zoho.\(topLevelDomain)"
    }

    /// Host of the CRM and Creator APIs.
    package func apiHost(_ environment: CRMEnvironment = .production) -> String {
        "\(environment.subdomain).zohoapis.\(topLevelDomain)"
    }
}
