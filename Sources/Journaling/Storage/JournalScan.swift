/// The first fault of a journal.
package struct JournalDamage: Equatable, Sendable {
    /// The line, from 1.
    package var line: Int
    /// The sequence number that was due there.
    package var sequence: UInt64
    /// The line's first byte in the file.
    package var offset: UInt64
    /// What is wrong with it, as text.
    package var reason: String
    /// For damage: the later line that claims the damaged one durable.
    package var claimingLine: Int?

    package init(
        line: Int, sequence: UInt64, offset: UInt64, reason: String, claimingLine: Int? = nil
    ) {
        self.line = line
        self.sequence = sequence
        self.offset = offset
        self.reason = reason
        self.claimingLine = claimingLine
    }
}

/// What the bytes of a journal come to; `JournalDecision` says what follows.
package enum JournalCondition: Equatable, Sendable {
    /// Every record is whole.
    case whole
    /// Zeros from this offset on.
    case zeros(offset: UInt64)
    /// A torn tail.
    case tornTail(JournalDamage)
    /// Not even the first record is there.
    case neverStarted
    /// Damage before durable records.
    case damaged(JournalDamage)
    /// A valid record that is not understood.
    case notUnderstood(JournalDamage)
}

/// A record with its place in the journal.
package struct ScannedRecord: Equatable, Sendable {
    /// From 1, without a gap.
    package var sequence: UInt64
    /// The highest sequence known durable when the record was written.
    package var durable: UInt64
    /// What it says.
    package var record: JournalRecord
}

/// Reads the bytes of a journal, in pieces of any size, checks every line and hands over the
/// records up to the first fault. Any cutting gives the same.
///
/// After damage at sequence s it continues reading only to find out whether a later valid record
/// claims that s is durable: then the damage precedes durable records, and nothing may be
/// truncated. Valid records are searched for within damaged lines too, since the damage may have
/// removed a line feed.
package struct JournalScan: Sendable {
    /// Maximum bytes of a line: 16 MiB; real lines have some kilobytes. A longer run of bytes
    /// without a line feed is damage.
    package static let maximumLineByteCount = 16 << 20

    /// Lines that a start writes together: run, planned and session.
    private static let maximumStartLineCount = 3

    private let checksum = CRC32C()
    private var memory = FastRecordDecoder.KindMemory()
    private var carry: [UInt8] = []
    /// An oversized line is being skipped.
    private var isSkipping = false
    private var skippedOnlyZeros = true
    private var line = 1
    private var nextSequence: UInt64 = 1
    /// Where the line begins. Wrong after a line beyond the limit: that line is damage, and after
    /// damage no offset is reported.
    private var lineOffset: UInt64 = 0
    private var damage: JournalDamage?
    private var misunderstood: JournalDamage?

    /// A scan at the start of a journal.
    package init() {}

    /// The number that the next record must have.
    package var expectedSequence: UInt64 { nextSequence }

    /// The offset after the last record handed over.
    package private(set) var endOffset: UInt64 = 0

    /// The offset of the last batch: no record claims that the bytes from here on were ever
    /// synchronised. Records of one batch claim the same, which is the end of the batch before.
    package private(set) var unprovenOffset: UInt64 = 0
    private var lastClaim: UInt64 = 0

    /// Takes the next piece of the journal.
    ///
    /// - Parameter consume: called with every record in order; a returned text says why the record
    ///   is invalid at its position, and ends the scan as not understood.
    package mutating func feed(
        _ bytes: UnsafeBufferPointer<UInt8>, _ consume: (ScannedRecord) -> String?
    ) {
        var start = 0
        while let feed = Self.lineFeed(in: bytes, from: start) {
            let part = UnsafeBufferPointer(rebasing: bytes[start..<feed])
            start = feed + 1
            if isSkipping {
                noteDamage("the line is longer than any record")
                isSkipping = false
                skippedOnlyZeros = true
                searchClaims(part, from: 0)
                finishLine(byteCount: part.count + 1)
            } else if carry.isEmpty {
                consumeLine(part, consume)
            } else {
                carry.append(contentsOf: part)
                var whole: [UInt8] = []
                swap(&whole, &carry)
                whole.withUnsafeBufferPointer { consumeLine($0, consume) }
                whole.removeAll(keepingCapacity: true)
                swap(&whole, &carry)
            }
        }
        append(UnsafeBufferPointer(rebasing: bytes[start...]))
    }

    /// Takes the next piece from an array.
    package mutating func feed(_ bytes: [UInt8], _ consume: (ScannedRecord) -> String?) {
        bytes.withUnsafeBufferPointer { feed($0, consume) }
    }

    /// Ends the journal and returns its condition.
    package mutating func finish() -> JournalCondition {
        var endsWithZeros = false
        if isSkipping || !carry.isEmpty {
            endsWithZeros = damage == nil && skippedOnlyZeros && carry.allSatisfy { $0 == 0 }
            if !endsWithZeros {
                noteDamage("the line has no end")
                let rest = carry
                rest.withUnsafeBufferPointer { searchClaims($0, from: 0) }
            }
        }
        if let misunderstood { return .notUnderstood(misunderstood) }
        if let damage, damage.claimingLine != nil { return .damaged(damage) }
        if nextSequence == 1 {
            // A start writes no more than its first records before anything is sent: a longer
            // journal without one valid line has been damaged as a whole (by an editor, by a
            // conversion of line ends), and its run did start.
            if let damage, line > Self.maximumStartLineCount + 1 { return .damaged(damage) }
            return .neverStarted
        }
        if let damage { return .tornTail(damage) }
        return endsWithZeros ? .zeros(offset: lineOffset) : .whole
    }

    // MARK: Lines

    private mutating func consumeLine(
        _ line: UnsafeBufferPointer<UInt8>, _ consume: (ScannedRecord) -> String?
    ) {
        defer { finishLine(byteCount: line.count + 1) }
        guard damage == nil, misunderstood == nil else { return searchClaims(line, from: 0) }
        guard line.count <= Self.maximumLineByteCount else {
            noteDamage("the line is longer than any record")
            return
        }
        guard case (var reader, let sequence, let durable)? = validated(line) else {
            noteDamage("the checksum does not match")
            return searchClaims(line, from: 1)
        }
        guard sequence == nextSequence else {
            noteDamage("the record has sequence \(sequence)")
            return searchClaims(line, from: 0)
        }
        let record: JournalRecord
        if let quick = reader.record(&memory) {
            record = quick
        } else {
            do throws(RecordDecodingError) {
                record = try RecordDecoding.record(of: line)
            } catch {
                misunderstood = fault(error.text)
                return
            }
        }
        if let reason = consume(
            ScannedRecord(sequence: sequence, durable: durable, record: record))
        {
            misunderstood = fault(reason)
            return
        }
        nextSequence += 1
        if durable != lastClaim {
            lastClaim = durable
            unprovenOffset = lineOffset
        }
        endOffset = lineOffset + UInt64(line.count) + 1
    }

    /// A decoder positioned after the sequence numbers, if the line is valid.
    private func validated(
        _ line: UnsafeBufferPointer<UInt8>
    ) -> (FastRecordDecoder, sequence: UInt64, durable: UInt64)? {
        guard let claimed = LineTrailer.crc(of: line) else { return nil }
        let body = UnsafeBufferPointer(rebasing: line[..<(line.count - LineTrailer.byteCount)])
        guard checksum.checksum(body) == claimed else { return nil }
        var reader = FastRecordDecoder(body)
        guard let (sequence, durable) = reader.sequences() else { return nil }
        return (reader, sequence, durable)
    }

    /// Searches a line after the damage for a valid record that claims that the damaged one is
    /// durable.
    private mutating func searchClaims(_ bytes: UnsafeBufferPointer<UInt8>, from first: Int) {
        guard let damage, damage.claimingLine == nil else { return }
        let opening = Array("{\"seq\":".utf8)
        var start = first
        while start + opening.count <= bytes.count {
            if bytes[start] == opening[0], bytes[start...].starts(with: opening),
                let (_, _, durable) = validated(UnsafeBufferPointer(rebasing: bytes[start...])),
                durable >= damage.sequence
            {
                self.damage?.claimingLine = line
                return
            }
            start += 1
        }
    }

    private mutating func append(_ part: UnsafeBufferPointer<UInt8>) {
        if part.isEmpty { return }
        if !isSkipping, carry.count + part.count <= Self.maximumLineByteCount {
            carry.append(contentsOf: part)
            return
        }
        // Any number of zeros is allowed; anything else is damage.
        skippedOnlyZeros =
            skippedOnlyZeros && carry.allSatisfy { $0 == 0 } && part.allSatisfy { $0 == 0 }
        if !skippedOnlyZeros { noteDamage("the line is longer than any record") }
        isSkipping = true
        carry.removeAll(keepingCapacity: false)
    }

    private mutating func finishLine(byteCount: Int) {
        lineOffset += UInt64(byteCount)
        line += 1
    }

    private mutating func noteDamage(_ reason: String) {
        if damage == nil, misunderstood == nil { damage = fault(reason) }
    }

    private func fault(_ reason: String) -> JournalDamage {
        JournalDamage(line: line, sequence: nextSequence, offset: lineOffset, reason: reason)
    }

    /// The next line feed; eight bytes at a time.
    private static func lineFeed(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return nil }
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = start
        while index &+ 8 <= bytes.count {
            let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let feeds = UInt64(littleEndian: word) ^ (ones &* 0x0A)
            let marks = (feeds &- ones) & ~feeds & (ones &* 0x80)
            if marks != 0 { return index &+ marks.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < bytes.count {
            if bytes[index] == 0x0A { return index }
            index &+= 1
        }
        return nil
    }
}
