/// SHA-256 (FIPS 180-4) over bytes that come in pieces of any size.
///
/// In plain Swift, because the product has no dependencies: some 350 MB/s a core, which is why a
/// snapshot computes it on a second queue while the first one copies.
package struct SHA256: Sendable {
    private var state = State()
    /// Bytes that do not fill a block yet; shorter than `SHA256.blockByteCount`.
    private var rest: [UInt8] = []
    private var byteCount: UInt64 = 0

    private static let blockByteCount = 64

    package init() {
        rest.reserveCapacity(SHA256.blockByteCount)
    }

    /// Takes the next piece of the message.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var next = 0
        if !rest.isEmpty {
            next = min(SHA256.blockByteCount - rest.count, bytes.count)
            rest.append(contentsOf: bytes[..<next])
            guard rest.count == SHA256.blockByteCount else { return }
            rest.withUnsafeBytes { state.compress(blocks: $0) }
            rest.removeAll(keepingCapacity: true)
        }
        let whole = (bytes.count - next) / SHA256.blockByteCount * SHA256.blockByteCount
        if whole > 0 {
            state.compress(blocks: UnsafeRawBufferPointer(rebasing: bytes[next..<next + whole]))
        }
        rest.append(contentsOf: bytes[(next + whole)...])
    }

    /// Takes the next piece of the message.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest's 32 bytes; the message ends here.
    package mutating func finish() -> [UInt8] {
        let bitCount = byteCount &* 8
        var padding: [UInt8] = [0x80]
        while (rest.count + padding.count) % SHA256.blockByteCount != 56 { padding.append(0) }
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            padding.append(UInt8(truncatingIfNeeded: bitCount >> shift))
        }
        update(padding)
        return state.bytes
    }

    /// The digest of a whole message, in lower-case hexadecimal.
    package static func hexadecimal(of bytes: [UInt8]) -> String {
        var digest = SHA256()
        digest.update(bytes)
        return hexadecimal(digest.finish())
    }

    /// A digest's bytes as people and journals write them.
    package static func hexadecimal(_ digest: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(digest.count * 2)
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension SHA256 {
    /// The eight working words.
    private struct State {
        var h0: UInt32 = 0x6a09_e667
        var h1: UInt32 = 0xbb67_ae85
        var h2: UInt32 = 0x3c6e_f372
        var h3: UInt32 = 0xa54f_f53a
        var h4: UInt32 = 0x510e_527f
        var h5: UInt32 = 0x9b05_688c
        var h6: UInt32 = 0x1f83_d9ab
        var h7: UInt32 = 0x5be0_cd19

        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            for word in [h0, h1, h2, h3, h4, h5, h6, h7] {
                for shift in stride(from: UInt32(24), through: 0, by: -8) {
                    bytes.append(UInt8(truncatingIfNeeded: word >> shift))
                }
            }
            return bytes
        }

        /// Takes a whole number of blocks.
        mutating func compress(blocks: UnsafeRawBufferPointer) {
            var words = self
            SHA256.roundConstants.withUnsafeBufferPointer { constants in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                    for start in stride(from: 0, to: blocks.count, by: SHA256.blockByteCount) {
                        words.compress(
                            block: UnsafeRawBufferPointer(rebasing: blocks[start..<start + 64]),
                            schedule: schedule, constants: constants)
                    }
                }
            }
            self = words
        }

        /// One block: FIPS 180-4, section 6.2.2. Eight rounds per step, so that the words change
        /// names instead of places.
        @inline(__always)
        private mutating func compress(
            block: UnsafeRawBufferPointer, schedule w: UnsafeMutableBufferPointer<UInt32>,
            constants k: UnsafeBufferPointer<UInt32>
        ) {
            for i in 0..<16 {
                w[i] = UInt32(
                    bigEndian: block.loadUnaligned(fromByteOffset: i &* 4, as: UInt32.self))
            }
            for i in 16..<64 {
                let early = w[i &- 15]
                let late = w[i &- 2]
                let sigma0 = rotated(early, 7) ^ rotated(early, 18) ^ (early &>> 3)
                let sigma1 = rotated(late, 17) ^ rotated(late, 19) ^ (late &>> 10)
                w[i] = w[i &- 16] &+ sigma0 &+ w[i &- 7] &+ sigma1
            }
            var (a, b, c, d, e, f, g, h) = (h0, h1, h2, h3, h4, h5, h6, h7)
            var i = 0
            while i < 64 {
                round(a, b, c, &d, e, f, g, &h, k[i] &+ w[i])
                round(h, a, b, &c, d, e, f, &g, k[i &+ 1] &+ w[i &+ 1])
                round(g, h, a, &b, c, d, e, &f, k[i &+ 2] &+ w[i &+ 2])
                round(f, g, h, &a, b, c, d, &e, k[i &+ 3] &+ w[i &+ 3])
                round(e, f, g, &h, a, b, c, &d, k[i &+ 4] &+ w[i &+ 4])
                round(d, e, f, &g, h, a, b, &c, k[i &+ 5] &+ w[i &+ 5])
                round(c, d, e, &f, g, h, a, &b, k[i &+ 6] &+ w[i &+ 6])
                round(b, c, d, &e, f, g, h, &a, k[i &+ 7] &+ w[i &+ 7])
                i &+= 8
            }
            h0 &+= a
            h1 &+= b
            h2 &+= c
            h3 &+= d
            h4 &+= e
            h5 &+= f
            h6 &+= g
            h7 &+= h
        }

        @inline(__always)
        private func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
            (word &>> count) | (word &<< (32 &- count))
        }

        @inline(__always)
        private func round(
            _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32,
            _ g: UInt32, _ h: inout UInt32, _ input: UInt32
        ) {
            let sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let choice = g ^ (e & (f ^ g))
            let first = h &+ sum1 &+ choice &+ input
            let sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            let majority = (a & b) | (c & (a | b))
            d &+= first
            h = first &+ sum0 &+ majority
        }
    }

    private static let roundConstants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
        0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
        0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
        0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
        0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
        0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
        0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
        0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
        0xc671_78f2,
    ]
}
