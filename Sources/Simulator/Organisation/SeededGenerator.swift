/// SplitMix64 (Steele, Lea, Flood 2014): the simulator's only source of random numbers.
///
/// One seed gives one sequence on every machine; it also scrambles the keys of the hash tables
/// here.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.scrambled(state)
    }

    /// A number in `0..<limit`; the bias of at most limit / 2^64 does not matter here.
    mutating func number(below limit: UInt64) -> UInt64 {
        next().multipliedFullWidth(by: limit).high
    }

    /// A bijection that spreads every bit of `value` over all bits.
    static func scrambled(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
