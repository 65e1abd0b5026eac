/// CRC-32C (Castagnoli), the checksum of every journal line.
///
/// Polynomial 0x1EDC6F41, reflected, initial value and final exclusive or 0xFFFFFFFF, as in RFC
/// 3720. It detects damage, not malice. Eight bytes per step through eight tables: about 2
/// GB/s.
package struct CRC32C: Sendable {
    /// Eight tables of 256, one after the other; table k moves a byte k places further. Held here
    /// because reading a global costs a check each time.
    private let tables: [UInt32]

    /// A checksum; all of them share the tables.
    package init() { tables = Self.sharedTables }

    private static let sharedTables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<8 * 256 {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()

    /// The checksum of some bytes.
    package func checksum(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return 0 }
        return tables.withUnsafeBufferPointer { tables in
            var crc: UInt32 = 0xFFFF_FFFF
            var index = 0
            while index &+ 8 <= bytes.count {
                let word = UInt64(
                    littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let mixed = word ^ UInt64(crc)
                var next = tables[Int(truncatingIfNeeded: 1_792 &+ (mixed & 0xFF))]
                next ^= tables[Int(truncatingIfNeeded: 1_536 &+ (mixed >> 8 & 0xFF))]
                next ^= tables[Int(truncatingIfNeeded: 1_280 &+ (mixed >> 16 & 0xFF))]
                next ^= tables[Int(truncatingIfNeeded: 1_024 &+ (mixed >> 24 & 0xFF))]
                next ^= tables[Int(truncatingIfNeeded: 768 &+ (mixed >> 32 & 0xFF))]
                next ^= tables[Int(truncatingIfNeeded: 512 &+ (mixed >> 40 & 0xFF))]
                next ^= tables[Int(truncatingIfNeeded: 256 &+ (mixed >> 48 & 0xFF))]
                next ^= tables[Int(truncatingIfNeeded: mixed >> 56)]
                crc = next
                index &+= 8
            }
            while index < bytes.count {
                crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
                index &+= 1
            }
            return ~crc
        }
    }

    /// The checksum of an array.
    package func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { checksum($0) }
    }
}
