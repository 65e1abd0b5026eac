/// `a=b&c=d`, percent-decoded, `+` for a blank: the query of a URL, or the body of a form.
struct FormText: Equatable {
    /// One name and its value; a name without `=` has the empty value.
    struct Pair: Equatable {
        var name: String
        var value: String
    }

    private(set) var pairs: [Pair] = []

    /// Nil if a percent escape is broken.
    init?(_ bytes: ArraySlice<UInt8>) {
        for part in bytes.split(separator: 0x26) {
            let mark = part.firstIndex(of: 0x3D)
            guard let name = Self.text(part[..<(mark ?? part.endIndex)]),
                let value = Self.text(mark.map { part[($0 + 1)...] } ?? [])
            else { return nil }
            pairs.append(Pair(name: name, value: value))
        }
    }

    init() {}

    /// The value of the first pair of that name, or nil.
    subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// How often the name occurs.
    func count(of name: String) -> Int {
        pairs.count { $0.name == name }
    }

    private static func text(_ encoded: ArraySlice<UInt8>) -> String? {
        var plain = encoded
        for index in plain.indices where plain[index] == 0x2B { plain[index] = 0x20 }
        guard let decoded = percentDecoded(plain) else { return nil }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// The bytes that the percent escapes encode, or nil if one is malformed.
    static func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index] == 0x25 else {
                decoded.append(text[index])
                index += 1
                continue
            }
            guard index + 2 < text.endIndex, let high = hexadecimal(text[index + 1]),
                let low = hexadecimal(text[index + 2])
            else { return nil }
            decoded.append(high << 4 | low)
            index += 3
        }
        return decoded
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
