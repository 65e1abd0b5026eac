/// A seeded generator (SplitMix64).
package struct FuzzGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A seed derived from the bytes, so that the input alone reproduces a failure.
    package init(bytes: [UInt8]) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        state = hash
    }
}

/// How an input is split into chunks, derived from its bytes so that the input alone reproduces a
/// failure.
enum InputSplit: CaseIterable {
    case byteByByte, short, long

    /// Whether to cut this input. Where cutting costs as much as all other invariants together,
    /// half of the inputs are cut and the other half check those.
    static func isTried(on bytes: [UInt8]) -> Bool {
        var generator = FuzzGenerator(bytes: bytes)
        return generator.next() & 1 << 63 == 0
    }

    /// Where the pieces of these bytes end.
    static func ends(of bytes: [UInt8]) -> [Int] {
        var generator = FuzzGenerator(bytes: bytes)
        let cutting = allCases[Int(generator.next() % UInt64(allCases.count))]
        var ends: [Int] = []
        ends.reserveCapacity(cutting == .long ? 8 : bytes.count)
        var end = 0
        while end < bytes.count {
            switch cutting {
            case .byteByByte: end += 1
            case .short: end += Int(generator.next() % 6)
            case .long: end += 1 + Int(generator.next() % UInt64(bytes.count))
            }
            end = min(bytes.count, end)
            ends.append(end)
        }
        return ends
    }

    /// Hands over the pieces of the bytes, in order.
    static func cut(_ bytes: [UInt8], _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        let ends = ends(of: bytes)
        bytes.withUnsafeBufferPointer { buffer in
            var start = 0
            for end in ends {
                body(UnsafeBufferPointer(rebasing: buffer[start..<end]))
                start = end
            }
        }
    }

    /// The pieces of the bytes.
    static func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        cut(bytes) { pieces.append(Array($0)) }
        return pieces
    }
}
