/// A hash over everything that was observed: the same for the same seed, in every process and on
/// every machine. FNV-1a, 64 bits.
struct StateHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0100_0000_01B3 }
    }

    mutating func add(_ number: Int64) {
        var rest = UInt64(bitPattern: number)
        for _ in 0..<8 {
            value = (value ^ (rest & 255)) &* 0x0100_0000_01B3
            rest >>= 8
        }
    }

    mutating func add(_ text: String) { add(text.utf8) }
}
