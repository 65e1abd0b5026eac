package import ZohoAPI

/// How requests are sent. Only the endpoints are pinned.
package struct TransportSettings: Sendable {
    package enum HTTPVersion: String, CaseIterable, Sendable {
        /// The default: one request per connection, so that a broken connection puts one attempt in
        /// doubt, not all.
        case http1 = "1.1"
        /// Over TLS only.
        case http2 = "2"
    }

    package var endpoints: ServiceEndpoints
    /// For name, connection and TLS together.
    package var connectTimeout: Duration = .seconds(15)
    /// From the attempt's start to the answer's first byte; nil = the whole call's.
    package var firstByteTimeout: Duration?
    /// From the attempt's start to the answer's last byte.
    package var timeout: Duration = .seconds(60)
    /// Idle connections that are kept; the concurrency of a run.
    package var connectionCount = 5
    /// PEM file of the authorities to trust in place of the system's.
    package var caFile: String?
    /// `http://host:port`, `socks5h://…`. `*_proxy` variables are not obeyed, and loopback never
    /// uses a proxy.
    package var proxy: String?
    /// `relsweep/0.1.0`.
    package var userAgent: String
    package var httpVersion: HTTPVersion = .http1

    package init(endpoints: ServiceEndpoints, userAgent: String) {
        self.endpoints = endpoints
        self.userAgent = userAgent
    }
}
