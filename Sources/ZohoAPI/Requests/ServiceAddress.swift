/// Why a text is not a valid service address.
package struct ServiceAddressError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case empty
        case missingScheme
        case otherScheme
        /// `http` to a remote host: tokens would be sent in clear text.
        case plainHTTP
        case userInformation
        case invalidHost
        case invalidPort
        case unexpectedPath
        case invalidPath
        case queryOrFragment
        /// The API domain does not match the configured environment.
        case otherEnvironment(DataCentre.CRMEnvironment, host: String)
    }

    package var kind: Kind

    package init(_ kind: Kind) {
        self.kind = kind
    }

    /// What is wrong and how to fix it; lower case, no full stop. Never quotes the text, which may
    /// contain a secret; a parsed host does not.
    package var message: String {
        switch kind {
        case .empty: "the address is empty, expected one like https://www.zohoapis.com"
        case .missingScheme: "the address must begin with https://"
        case .otherScheme: "only https:// is possible (http:// for this machine itself)"
        case .plainHTTP: "http:// is possible for this machine only, use https://"
        case .userInformation: "an address takes no user name or password"
        case .invalidHost: "the host's name is not valid"
        case .invalidPort: "the port must be a number from 1 to 65535"
        case .unexpectedPath: "expected a scheme and a host only, without a path"
        case .invalidPath:
            "the path may have letters, digits and -._~/ only, and no . or .. segment"
        case .queryOrFragment: "an address takes no ? or #"
        case .otherEnvironment(let environment, let host):
            "environment is \"\(environment.rawValue)\", but apiDomain is \(host), which is "
                + (DataCentre.CRMEnvironment(apiHost: host).map { "the host of \($0.rawValue)" }
                    ?? "no host of it that relsweep knows")
                + "; leave out the one that is wrong"
        }
    }
}

/// A service address: scheme, host, port and, where allowed, a path prefix.
///
/// `https` except on loopback; no user information, query or fragment, and no path that could be
/// normalised to another.
package struct ServiceAddress: Hashable, Sendable, CustomStringConvertible {
    /// `true` for https.
    package let isSecure: Bool
    /// Lower case; an IPv6 address in brackets.
    package let host: String
    /// nil for the scheme's default port.
    package let port: UInt16?
    /// Empty, or begins with `/` and does not end with one.
    package let path: String

    /// Parses `https://host[:port][/path]`; a trailing slash is dropped.
    package init(_ text: String, allowsPath: Bool = false) throws(ServiceAddressError) {
        guard !text.isEmpty else { throw ServiceAddressError(.empty) }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
            throw ServiceAddressError(.invalidHost)
        }
        guard let schemeEnd = text.firstRange(of: "://") else {
            throw ServiceAddressError(.missingScheme)
        }
        let scheme = text[..<schemeEnd.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else {
            throw ServiceAddressError(.otherScheme)
        }
        let rest = text[schemeEnd.upperBound...]
        guard !rest.contains("?"), !rest.contains("#") else {
            throw ServiceAddressError(.queryOrFragment)
        }
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else { throw ServiceAddressError(.userInformation) }
        (host, port) = try Self.hostAndPort(authority, defaultPort: scheme == "https" ? 443 : 80)
        path = try Self.path(rest[authority.endIndex...])
        isSecure = scheme == "https"
        guard allowsPath || path.isEmpty else { throw ServiceAddressError(.unexpectedPath) }
        guard isSecure || isLoopback else { throw ServiceAddressError(.plainHTTP) }
    }

    /// Whether the host is loopback: 127.0.0.0/8, ::1 or `localhost` in canonical spelling. Never
    /// reached through a proxy.
    ///
    /// A resolver treats other spellings differently: `127.010.0.1` is octal, `127.08.0.1` a DNS
    /// name.
    package var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
    }

    /// Scheme, host and port, to which a path in origin form is appended.
    package var origin: String {
        (isSecure ? "https://" : "http://") + host + (port.map { ":\($0)" } ?? "")
    }

    /// The canonical text: equal addresses have equal texts.
    package var description: String { origin + path }

    private static func hostAndPort(
        _ authority: Substring, defaultPort: UInt16
    ) throws(ServiceAddressError) -> (String, UInt16?) {
        var name = authority
        var port: UInt16?
        // The colons of an IPv6 address are inside its brackets.
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            name = authority[..<colon]
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                let number = UInt16(digits), number > 0
            else { throw ServiceAddressError(.invalidPort) }
            port = number == defaultPort ? nil : number
        }
        guard isHost(name) else { throw ServiceAddressError(.invalidHost) }
        return (name.lowercased(), port)
    }

    private static func isHost(_ name: Substring) -> Bool {
        if name.hasPrefix("["), name.hasSuffix("]") {
            let address = name.dropFirst().dropLast()
            return address.contains(":")
                && address.utf8.allSatisfy { isHexadecimal($0) || $0 == 0x3A || $0 == 0x2E }
        }
        guard (1...253).contains(name.utf8.count) else { return false }
        return name.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
            .allSatisfy { label in
                !label.isEmpty && label.count <= 63 && label.first != 0x2D && label.last != 0x2D
                    && label.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }
            }
    }

    private static func path(_ text: Substring) throws(ServiceAddressError) -> String {
        let trimmed = text.hasSuffix("/") ? text.dropLast() : text
        guard !trimmed.isEmpty else { return "" }
        for segment in trimmed.dropFirst().split(
            separator: "/", omittingEmptySubsequences: false)
        {
            let isPlain = segment.utf8.allSatisfy {
                isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F || $0 == 0x7E
            }
            guard isPlain, !segment.isEmpty, segment != ".", segment != ".." else {
                throw ServiceAddressError(.invalidPath)
            }
        }
        return String(trimmed)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
