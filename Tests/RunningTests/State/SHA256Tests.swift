import Running
import Testing

@Suite struct SHA256Tests {
    /// FIPS 180-4 examples, and lengths around the padding's edges (checked with sha256sum).
    static let vectors: [(String, String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ]

    @Test func `the digests are those of FIPS 180-4`() {
        for (message, digest) in Self.vectors {
            #expect(SHA256.hexadecimal(of: Array(message.utf8)) == digest)
        }
    }

    @Test func `a million times a has its digest`() {
        let digest = SHA256.hexadecimal(of: Array(repeating: 0x61, count: 1_000_000))
        #expect(digest == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `any split of the message gives the same digest`() {
        let message = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for length in [55, 56, 57, 63, 64, 65, 119, 128, 300] {
            let whole = SHA256.hexadecimal(of: Array(message[..<length]))
            for piece in [1, 3, 63, 64, 65, 127] {
                var digest = SHA256()
                for start in stride(from: 0, to: length, by: piece) {
                    digest.update(Array(message[start..<min(length, start + piece)]))
                }
                #expect(SHA256.hexadecimal(digest.finish()) == whole)
            }
        }
    }
}
