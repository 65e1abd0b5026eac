/// A deliberate bug behind four bytes, to prove that the fuzzer works.
enum CanaryHarness {
    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        guard bytes.count >= 4, bytes[0] == UInt8(ascii: "b") else { return }
        guard bytes[1] == UInt8(ascii: "u"), bytes[2] == UInt8(ascii: "g") else { return }
        try require(bytes[3] != UInt8(ascii: "!"), "the canary sings")
    }
}
