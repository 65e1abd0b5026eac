/// A second SHA-256, as FIPS 180-4 describes it and with constants computed from their definition,
/// to compare the program's own with.
enum OwnChecksum {
    static func hexadecimal(of bytes: [UInt8]) -> String {
        var message = bytes
        message.append(0x80)
        while message.count % 64 != 56 { message.append(0) }
        let bitCount = UInt64(bytes.count) * 8
        for place in 0..<8 {
            message.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(56 - 8 * place)))
        }
        var words = starts
        for start in stride(from: 0, to: message.count, by: 64) {
            let block = mixed(words, message[start..<start + 64])
            for index in words.indices { words[index] &+= block[index] }
        }
        return words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private static func mixed(_ words: [UInt32], _ block: ArraySlice<UInt8>) -> [UInt32] {
        var schedule: [UInt32] = []
        var word: UInt32 = 0
        for (index, byte) in block.enumerated() {
            word = word << 8 | UInt32(byte)
            if index % 4 == 3 { schedule.append(word) }
        }
        for index in 16..<64 {
            let (early, late) = (schedule[index - 15], schedule[index - 2])
            let first = turned(early, 7) ^ turned(early, 18) ^ early >> 3
            let second = turned(late, 17) ^ turned(late, 19) ^ late >> 10
            schedule.append(schedule[index - 16] &+ first &+ schedule[index - 7] &+ second)
        }
        var w = words
        for index in 0..<64 {
            let sum = turned(w[4], 6) ^ turned(w[4], 11) ^ turned(w[4], 25)
            let choice = w[4] & w[5] ^ ~w[4] & w[6]
            let first = w[7] &+ sum &+ choice &+ constants[index] &+ schedule[index]
            let other = turned(w[0], 2) ^ turned(w[0], 13) ^ turned(w[0], 22)
            let majority = w[0] & w[1] ^ w[0] & w[2] ^ w[1] & w[2]
            w = [first &+ other &+ majority, w[0], w[1], w[2], w[3] &+ first, w[4], w[5], w[6]]
        }
        return w
    }

    private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    private static let primes = (2...311).filter { number in
        !(2..<number).contains { number % $0 == 0 }
    }

    /// The first 32 bits after the binary point of the square roots of the first eight primes.
    private static let starts = primes.prefix(8).map { fraction(of: $0, power: 2) }
    /// The same of the cube roots of the first 64.
    private static let constants = primes.map { fraction(of: $0, power: 3) }

    private static func fraction(of prime: Int, power: Int) -> UInt32 {
        let whole = UInt128(prime) << UInt128(32 * power)
        var root: UInt128 = 0
        for bit in stride(from: 37, through: 0, by: -1) {
            let next = root | 1 << UInt128(bit)
            if (0..<power).reduce(UInt128(1), { product, _ in product * next }) <= whole {
                root = next
            }
        }
        return UInt32(truncatingIfNeeded: root)
    }
}
