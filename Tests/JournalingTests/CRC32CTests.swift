import Journaling
import Testing

@Suite struct CRC32CTests {
    /// "123456789" from the catalogue of CRC algorithms; the others from RFC 3720, B.4.
    @Test func `published checksums are met`() {
        let checksum = CRC32C()
        #expect(checksum.checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(checksum.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(checksum.checksum(Array(0..<32)) == 0x46DD_794E)
        #expect(checksum.checksum(Array((0..<32).reversed())) == 0x113F_DB5C)
        let read: [UInt8] = [
            0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0,
            0, 0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
        ]
        #expect(checksum.checksum(read) == 0xD996_3A56)
        #expect(checksum.checksum([]) == 0)
        #expect(checksum.checksum(Array("a".utf8)) == 0xC1D0_4330)
    }

    @Test func `eight bytes at a time give the same as one by one`() {
        var bytes: [UInt8] = []
        var value: UInt32 = 1
        for _ in 0..<300 {
            value = value &* 1_664_525 &+ 1_013_904_223
            bytes.append(UInt8(value >> 24))
            var slow: UInt32 = 0xFFFF_FFFF
            for byte in bytes {
                slow ^= UInt32(byte)
                for _ in 0..<8 { slow = slow & 1 == 1 ? slow >> 1 ^ 0x82F6_3B78 : slow >> 1 }
            }
            #expect(CRC32C().checksum(bytes) == ~slow)
        }
    }
}
