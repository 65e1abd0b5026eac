import Testing
import ZohoAPI

struct ServiceAddressTests {
    @Test(arguments: [
        ("https://www.zohoapis.com", "https://www.zohoapis.com"),
        ("HTTPS://WWW.Zohoapis.EU/", "https://www.zohoapis.eu"),
        ("https://h:443", "https://h"), ("https://h:8443", "https://h:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:80", "http://localhost"), ("http://[::1]:9", "http://[::1]:9"),
        ("https://h/a/b.c/", "https://h/a/b.c"), ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ])
    func `an address is kept in its canonical form`(text: String, canonical: String) throws {
        let address = try ServiceAddress(text, allowsPath: true)
        #expect(address.description == canonical)
        #expect(try ServiceAddress(canonical, allowsPath: true) == address)
    }

    @Test(arguments: [
        ("", ServiceAddressError.Kind.empty), ("www.zohoapis.com", .missingScheme),
        ("ftp://h", .otherScheme), ("file:///etc/passwd", .otherScheme),
        ("http://www.zohoapis.com", .plainHTTP), ("http://127.0.0.1.example.com", .plainHTTP),
        ("http://128.0.0.1", .plainHTTP), ("http://localhost.example.com", .plainHTTP),
        ("http://127.0.0.1.evil.com", .plainHTTP), ("http://0x7f.1", .plainHTTP),
        ("http://2130706433", .plainHTTP), ("http://0.0.0.0", .plainHTTP),
        ("http://[::ffff:127.0.0.1]", .plainHTTP), ("http://localhost.", .invalidHost),
        ("https://api.zoho.com@evil", .userInformation),
        ("https://api.zoho.com:443@evil", .userInformation),
        ("http://127.0.0.256", .plainHTTP), ("http://127.1", .plainHTTP),
        // No canonical decimal: the resolver reads some of them as octal, and asks DNS for others.
        ("http://127.08.0.1", .plainHTTP), ("http://127.0.0.01", .plainHTTP),
        ("http://127.0.0.010", .plainHTTP), ("http://127.00.0.1", .plainHTTP),
        ("http://0127.0.0.1", .plainHTTP), ("http://127.0.0x0.1", .plainHTTP),
        ("http://0177.0.0.1", .plainHTTP), ("http://0x7f000001", .plainHTTP),
        ("http://127.0.1", .plainHTTP), ("http://[0:0:0:0:0:0:0:1]", .plainHTTP),
        ("http://[::01]", .plainHTTP), ("http://[::]", .plainHTTP),
        ("https://user@h", .userInformation), ("https://u:p@h", .userInformation),
        ("http://127.0.0.1@example.com", .userInformation), ("https://", .invalidHost),
        ("https://h_h-/", .invalidHost), ("https://a..b", .invalidHost),
        ("https://h\\@x", .invalidHost), ("https://h\r\nX: y", .invalidHost),
        ("https://hé", .invalidHost), ("https://[::1", .invalidHost), ("https://h:", .invalidPort),
        ("https://h:0", .invalidPort), ("https://h:65536", .invalidPort),
        ("https://h:+1", .invalidPort), ("https://h/?a", .queryOrFragment),
        ("https://h#a", .queryOrFragment), ("https://h/a/../b", .invalidPath),
        ("https://h/a//b", .invalidPath), ("https://h/a%2Fb", .invalidPath),
        ("https://h/a;b", .invalidPath),
    ])
    func `what could lead elsewhere is refused`(text: String, kind: ServiceAddressError.Kind) {
        #expect(throws: ServiceAddressError(kind)) {
            try ServiceAddress(text, allowsPath: true)
        }
        #expect(!ServiceAddressError(kind).message.hasSuffix("."))
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.255.255", true), ("127.0.10.100", true),
        ("localhost", true), ("LOCALHOST", true), ("[::1]", true), ("127.08.0.1", false),
        ("127.1", false), ("127.0.0.1.example", false), ("localhost.example", false),
        ("[::ffff:127.0.0.1]", false), ("128.0.0.1", false), ("0x7f.0.0.1", false),
    ])
    func `only canonical spellings of this machine go past a proxy`(
        host: String, isLoopback: Bool
    ) throws {
        #expect(try ServiceAddress("https://\(host)").isLoopback == isLoopback)
    }

    /// Every data centre, environment and way of saying them.
    @Test(arguments: DataCentre.allCases)
    func `an environment and an API domain that disagree are refused`(centre: DataCentre) throws {
        let hosts: [(DataCentre.CRMEnvironment, String)] = [
            (.production, "www.zohoapis.\(centre.topLevelDomain)"),
            (.sandbox, "sandbox.zohoapis.\(centre.topLevelDomain)"),
            (.developer, "developer.zohoapis.\(centre.topLevelDomain)"),
        ]
        for (environment, _) in hosts {
            for (ofHost, host) in hosts {
                func endpoints() throws -> ServiceEndpoints {
                    try ServiceEndpoints(
                        environment: environment, apiDomain: ServiceAddress("https://\(host)"))
                }
                if environment == ofHost {
                    #expect(try endpoints().apiDomain.host == host)
                    continue
                }
                let refused = ServiceAddressError(.otherEnvironment(environment, host: host))
                #expect(throws: refused) { try endpoints() }
                #expect(refused.message.contains(host))
                #expect(refused.message.contains("\"\(environment.rawValue)\""))
            }
            #expect(
                try ServiceEndpoints(apiDomain: ServiceAddress("https://\(hosts[0].1)")).apiDomain
                    .isSecure)
        }
    }

    @Test func `no other domain is taken for a sandbox or a developer environment`() throws {
        for host in [
            "zylkercorp.zohoplatform.com", "crmsandbox.zoho.com", "sandbox.zohoapis.example",
            "sandbox.zohoapis.com.example", "127.0.0.1",
        ] {
            for environment in [DataCentre.CRMEnvironment.sandbox, .developer] {
                #expect(throws: ServiceAddressError(.otherEnvironment(environment, host: host))) {
                    try ServiceEndpoints(
                        environment: environment, apiDomain: ServiceAddress("https://\(host)"))
                }
            }
            // The environment at a custom domain is unknown; production is the default.
            for environment in [nil, DataCentre.CRMEnvironment.production] {
                _ = try ServiceEndpoints(
                    environment: environment, apiDomain: ServiceAddress("https://\(host)"))
            }
        }
        // Without a domain the environment names it.
        #expect(
            try ServiceEndpoints(dataCentre: .in, environment: .developer).apiDomain.host
                == "developer.zohoapis.in")
    }

    @Test func `an API domain takes no path`() {
        #expect(throws: ServiceAddressError(.unexpectedPath)) {
            try ServiceAddress("https://h/crm/v2")
        }
    }

    @Test(arguments: [
        ("us", DataCentre.us), ("EU", .eu), ("com.au", .au), (".com.au", .au), ("com", .us),
        ("com.cn", .cn), ("cn", .cn), ("Ca", .ca), ("ae", .ae),
    ])
    func `a data centre is named by its code or its domain`(text: String, centre: DataCentre) {
        #expect(DataCentre(text) == centre)
    }

    @Test func `unknown data centres are none`() {
        for text in ["", "usa", "zoho.eu", ".", "e u", "https://www.zohoapis.eu"] {
            #expect(DataCentre(text) == nil)
        }
    }

    /// The table of data centres in ServiceFacts.
    @Test(arguments: [
        (DataCentre.us, "accounts.zoho.com", "www.zohoapis.com"),
        (.eu, "accounts.zoho.eu", "www.zohoapis.eu"), (.in, "accounts.zoho.in", "www.zohoapis.in"),
        (.au, "accounts.zoho.com.au", "www.zohoapis.com.au"),
        (.jp, "accounts.zoho.jp", "www.zohoapis.jp"),
        (.cn, "accounts.zoho.com.cn", "www.zohoapis.com.cn"),
        (.ca, "accounts.zohocloud.ca", "www.zohoapis.ca"),
        (.sa, "accounts.zoho.sa", "www.zohoapis.sa"), (.uk, "accounts.zoho.uk", "www.zohoapis.uk"),
        (.ae, "accounts.zoho.ae", "www.zohoapis.ae"),
    ])
    func `each data centre has its hosts`(centre: DataCentre, accounts: String, api: String) throws
    {
        let endpoints = try ServiceEndpoints(dataCentre: centre)
        #expect(endpoints.apiDomain.description == "https://\(api)")
        #expect(endpoints.accounts.description == "https://\(accounts)")
        #expect(endpoints.creator.description == "https://\(api)/creator/v2.1/data")
        #expect(endpoints.tokenPath == "/oauth/v2/token")
    }

    @Test func `sandbox and developer editions have hosts of their own and the same accounts`()
        throws
    {
        let sandbox = try ServiceEndpoints(dataCentre: .eu, environment: .sandbox)
        #expect(sandbox.apiDomain.host == "sandbox.zohoapis.eu")
        #expect(sandbox.accounts.host == "accounts.zoho.eu")
        #expect(DataCentre.jp.apiHost(.developer) == "developer.zohoapis.jp")
    }

    @Test func `settings replace the data centre's addresses`() throws {
        let endpoints = try ServiceEndpoints(
            apiDomain: ServiceAddress("https://zylkercorp.zohoplatform.com"),
            accountsURL: ServiceAddress(
                "https://accounts.zoho.eu/clientoauth/v2/77/token", allowsPath: true),
            creatorURL: ServiceAddress("https://creator.zoho.com/api/v2.1", allowsPath: true))
        #expect(endpoints.tokenPath == "/clientoauth/v2/77/token")
        #expect(
            endpoints.pinned.map(\.value) == [
                "https://zylkercorp.zohoplatform.com",
                "https://accounts.zoho.eu/clientoauth/v2/77/token",
                "https://creator.zoho.com/api/v2.1",
            ])
        let request = APIRequest(for: AnswerSamples.single)
        #expect(
            endpoints.url(of: request)
                == "https://zylkercorp.zohoplatform.com/crm/v2/Campaigns/3652397000000327001/Contacts/"
                + "3652397000000925128")
    }
}
