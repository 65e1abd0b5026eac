/// A small repeatable generator (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A seed that depends on nothing but the bytes, so that an input alone repeats a failure.
    package init(bytes: [UInt8]) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        state = hash
    }
}

/// How an input is cut into pieces.
enum Cutting: CaseIterable {
    case byteByByte, short, long

    func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        var generator = SeededGenerator(bytes: bytes)
        var pieces: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let length =
                switch self {
                case .byteByByte: 1
                case .short: Int.random(in: 0...5, using: &generator)
                case .long: Int.random(in: 1...max(1, bytes.count), using: &generator)
                }
            let end = min(bytes.count, start + length)
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        return pieces
    }
}
