/// An address of a service, and what it comes to. Two of three are good; the others have one fault.
struct TrialAddress {
    var text = ""
    /// The canonical text; nil for one that must be refused.
    var expected: String?
    var isLoopback = false
    var allowsPath = false

    private static let hosts = [
        "www.zohoapis.eu", "api.example.com", "a", "x-1.y_2", "10.0.0.1", "127.0.0.1.example",
        "127.010.0.1", "127.0.0.256", String(repeating: "h", count: 63) + ".z", "0.9",
        "[2001:db8::1]", "[::2]",
    ]
    private static let loopbacks = ["localhost", "[::1]", "127.0.0.1", "127.255.9.0"]
    private static let badHosts = [
        "", "-a.b", "a-.b", "a..b", "a b", "ä.de", "a%2eb", ".a", "a.", "[", "[]", "[12]",
        "[::g]", "a\\b", "a@b", "u:p@a", String(repeating: "h", count: 64), "a{", "a/../b?", "a^b",
        "a`b", "a:b",
    ]
    private static let segments = ["creator", "v2.1", "a-b_c~d", "...", "0", "Z9", ".x"]
    private static let badSegments = [".", "..", "a%2Fb", "a:b", "ü", "a b", "a\\b", "a@", "a["]
    private static let badEnds = ["?", "?a=b", "#", "#x", "/?", "//", "/a//b"]

    init(_ random: inout SimulationGenerator) {
        allowsPath = random.once(in: 2)
        let isSecure = !random.once(in: 3)
        let isOfThisMachine = !isSecure || random.once(in: 3)
        isLoopback = isOfThisMachine
        var host = random.pick(isOfThisMachine ? Self.loopbacks : Self.hosts)
        var port = random.pick(["", "", ":1", ":8080", ":65535", ":443", ":80"])
        var path = ""
        if allowsPath {
            for _ in 0..<random.number(0...3) { path += "/" + random.pick(Self.segments) }
        }
        var scheme = isSecure ? "https://" : "http://"
        expected =
            scheme + host + (port == (isSecure ? ":443" : ":80") ? "" : port) + path
        var end = random.once(in: 4) ? "/" : ""
        if random.once(in: 3) {
            expected = nil
            switch random.number(0...6) {
            case 0: host = random.pick(Self.badHosts)
            case 1: port = random.pick([":", ":0", ":65536", ":x", ":-1", ":+1", ": 1"])
            case 2:
                path = "/" + random.pick(Self.badSegments)
                allowsPath = true
            case 3: end = random.pick(Self.badEnds)
            case 4: scheme = random.pick(["", "ftp://", "https:/", "https//", "://", "wss://"])
            case 5:
                path = "/" + random.pick(Self.segments)
                allowsPath = false
            default:
                scheme = "http://"
                host = random.pick(Self.hosts)
            }
        }
        // Scheme and host may be in capitals.
        if random.once(in: 4) { (scheme, host) = (scheme.uppercased(), host.uppercased()) }
        text = scheme + host + port + path + end
    }
}
