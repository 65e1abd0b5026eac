import JSONText
import Journaling

/// The bytes of a journal that are known to be durable: records that a later record declares
/// durable.
enum ProvenBytes {
    static func count(_ bytes: [UInt8]) -> Int {
        var ends: [Int] = []
        var durable = 0
        var start = 0
        while let feed = bytes[start...].firstIndex(of: 0x0A) {
            guard let claim = claim(bytes[start..<feed]), claim.sequence == ends.count + 1 else {
                break
            }
            durable = max(durable, claim.durable)
            start = feed + 1
            ends.append(start)
        }
        return durable > 0 && durable <= ends.count ? ends[durable - 1] : 0
    }

    private static func claim(_ line: ArraySlice<UInt8>) -> (sequence: Int, durable: Int)? {
        let value: JSONValue
        do throws(JSONError) { value = try JSONTree.parse(Array(line)) } catch { return nil }
        guard let sequence = value["seq"]?.number.flatMap({ Int($0.text) }),
            let durable = value["durable"]?.number.flatMap({ Int($0.text) })
        else { return nil }
        return (sequence, durable)
    }
}

/// A valid record of a newer version.
enum NewerRecord {
    /// nil if the journal ends with an incomplete record.
    static func line(after bytes: [UInt8]) -> [UInt8]? {
        guard bytes.last == 0x0A else { return nil }
        let count = bytes.count { $0 == 0x0A }
        let body = #"{"seq":\#(count + 1),"durable":\#(count),"record":"from-a-newer-version""#
        let digits = String(CRC32C().checksum(Array(body.utf8)), radix: 16)
        let crc = String(repeating: "0", count: 8 - digits.count) + digits
        return Array((body + ",\"crc\":\"\(crc)\"}\n").utf8)
    }
}
