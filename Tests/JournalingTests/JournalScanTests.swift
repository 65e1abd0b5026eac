import Journaling
import Testing

@Suite(.timeLimit(.minutes(20))) struct JournalScanTests {
    /// An editor that converts line ends damages every line, and none is left to claim another
    /// durable.
    @Test(arguments: [(3, JournalCondition.neverStarted), (4, nil)])
    func `a journal without one valid line did start if it is longer than a start`(
        _ lines: Int, _ expected: JournalCondition?
    ) {
        var scan = JournalScan()
        let line = #"{"seq":1,"durable":0,"record":"stop","crc":"00000000"}"# + "\r\n"
        scan.feed(Array(String(repeating: line, count: lines).utf8)) { _ in nil }
        let verdict = scan.finish()
        if let expected {
            #expect(verdict == expected)
        } else if case .damaged(let fault) = verdict {
            #expect(fault.line == 1)
        } else {
            Issue.record("\(verdict)")
        }
    }

    let bytes = JournalSamples.journal(JournalSamples.run)

    /// The offset behind each record.
    var ends: [Int] { bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 } }

    @Test func `a whole journal is read whole, however it is cut into pieces`() {
        for piece in [1, 2, 3, 7, 64, 1_000, .max] {
            let (records, verdict, endOffset) = JournalSamples.scan(bytes, piece: piece)
            #expect(records == JournalSamples.run)
            #expect(verdict == .whole)
            #expect(endOffset == UInt64(bytes.count))
        }
    }

    @Test func `cut at every byte it loses only what was not whole`() {
        let ends = ends
        for cut in 0..<bytes.count {
            let (records, verdict, endOffset) = JournalSamples.scan(
                Array(bytes[..<cut]), piece: 100)
            let whole = ends.filter { $0 <= cut }
            #expect(records == Array(JournalSamples.run[..<whole.count]))
            #expect(endOffset == UInt64(whole.last ?? 0))
            switch verdict {
            case .neverStarted: #expect(whole.isEmpty)
            case .whole: #expect(whole.last == cut)
            case .tornTail(let fault):
                #expect(whole.last != cut)
                #expect(fault.sequence == UInt64(whole.count) + 1)
                #expect(fault.line == whole.count + 1)
                #expect(fault.offset == endOffset)
            default: Issue.record("\(verdict) at \(cut)")
            }
        }
    }

    @Test func `every flipped bit is noticed where it is, and stops before durable records`() {
        // The record in the middle, claimed durable by all that follow.
        let ends = ends
        for record in [0, 4, JournalSamples.run.count - 1] {
            let start = record == 0 ? 0 : ends[record - 1]
            for index in start..<ends[record] {
                for bit in 0..<8 {
                    var copy = bytes
                    copy[index] ^= 1 << bit
                    let (records, verdict, endOffset) = JournalSamples.scan(copy)
                    let isLast = record == JournalSamples.run.count - 1
                    let isRight: Bool
                    switch verdict {
                    case .damaged(let fault):
                        isRight =
                            !isLast && fault.line == record + 1
                            && fault.sequence == UInt64(record) + 1
                    case .tornTail(let fault):
                        isRight = isLast && fault.sequence == UInt64(record) + 1
                    default: isRight = false
                    }
                    if !isRight || records != Array(JournalSamples.run[..<record])
                        || endOffset != UInt64(start)
                    {
                        Issue.record("\(verdict) for bit \(bit) of byte \(index)")
                    }
                }
            }
        }
    }

    @Test func `damage that no later record claims durable is a torn tail`() {
        // Records 6 to 10 went out together: each says that 5 was durable.
        let bytes = JournalSamples.journal(JournalSamples.run) { min($0 - 1, 5) }
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
        var torn = bytes
        torn[ends[5] + 20] ^= 1
        let fault = JournalDamage(
            line: 7, sequence: 7, offset: UInt64(ends[5]), reason: "the checksum does not match")
        #expect(JournalSamples.scan(torn).verdict == .tornTail(fault))
        var damaged = bytes
        damaged[ends[3] + 20] ^= 1
        #expect(
            JournalSamples.scan(damaged).verdict
                == .damaged(
                    JournalDamage(
                        line: 5, sequence: 5, offset: UInt64(ends[3]),
                        reason: "the checksum does not match", claimingLine: 6)))
    }

    @Test func `a lost line feed does not hide the record behind it`() {
        var copy = Array(bytes)
        copy[ends[JournalSamples.run.count - 2] - 1] = 0x20
        guard case .damaged(let fault) = JournalSamples.scan(copy).verdict else {
            Issue.record("the last record claims the damaged one")
            return
        }
        #expect(fault.line == JournalSamples.run.count - 1)
        #expect(fault.claimingLine == fault.line)
    }

    @Test func `a missing record, a doubled one and two changed round are damage`() {
        let lines = zip([0] + ends, ends).map { Array(bytes[$0..<$1]) }
        let missing = lines[..<4] + lines[5...]
        let doubled = lines[...4] + lines[4...]
        let round = lines[..<4] + [lines[5], lines[4]] + lines[6...]
        for (journal, line) in [(missing, 5), (doubled, 6), (round, 5)] {
            guard case .damaged(let fault) = JournalSamples.scan(journal.flatMap { $0 }).verdict
            else {
                Issue.record("taken")
                continue
            }
            #expect(fault.line == line)
        }
    }

    @Test func `zeros behind the last record are room, also very much of it`() {
        for count in [1, 4_096, JournalScan.maximumLineByteCount + 5_000] {
            let room = bytes + [UInt8](repeating: 0, count: count)
            let (records, verdict, endOffset) = JournalSamples.scan(room, piece: 1 << 20)
            #expect(records == JournalSamples.run)
            #expect(verdict == .zeros(offset: UInt64(bytes.count)))
            #expect(endOffset == UInt64(bytes.count))
        }
    }

    @Test func `zeros behind part of a record are a torn tail`() {
        let torn = Array(bytes.dropLast(10)) + [UInt8](repeating: 0, count: 4_096)
        guard case .tornTail(let fault) = JournalSamples.scan(torn).verdict else {
            Issue.record("taken")
            return
        }
        #expect(fault.sequence == UInt64(JournalSamples.run.count))
    }

    @Test func `a page of zeros in the middle is damage when later records are durable`() {
        var copy = bytes
        for index in ends[2]..<ends[5] { copy[index] = 0 }
        guard case .damaged(let fault) = JournalSamples.scan(copy).verdict else {
            Issue.record("taken")
            return
        }
        #expect(fault.line == 4)
        #expect(fault.sequence == 4)
    }

    @Test func `nothing, zeros and a torn first record mean that the run never started`() {
        #expect(JournalSamples.scan([]).verdict == .neverStarted)
        #expect(JournalSamples.scan([0, 0, 0]).verdict == .neverStarted)
        #expect(JournalSamples.scan(Array(bytes[..<(ends[0] - 1)])).verdict == .neverStarted)
        #expect(JournalSamples.scan(Array("something else\n".utf8)).verdict == .neverStarted)
    }

    @Test func `a line past the limit is damage`() {
        let long = bytes + [UInt8](repeating: 0x61, count: JournalScan.maximumLineByteCount + 10)
        guard case .tornTail(let fault) = JournalSamples.scan(long + [0x0A], piece: 1 << 20).verdict
        else {
            Issue.record("taken")
            return
        }
        #expect(fault.offset == UInt64(bytes.count))
        #expect(fault.reason == "the line is longer than any record")
    }

    /// Records of all kinds, with every single bit flipped.
    @Test func `a turned bit of any record is damage once a later one was on the disk`() {
        let codec = RecordCodec()
        for record in JournalSamples.rich {
            let line = codec.line(record, sequence: 1, durable: 0)
            let later = codec.line(JournalSamples.attempt(1), sequence: 2, durable: 1)
            for place in line.indices {
                for bit in 0..<8 {
                    var bytes = line
                    bytes[place] ^= UInt8(1) << UInt8(bit)
                    let (records, verdict, _) = JournalSamples.scan(bytes + later)
                    guard records.isEmpty, case .damaged(let fault) = verdict, fault.line == 1
                    else {
                        Issue.record("\(record), bit \(bit) of byte \(place): \(verdict)")
                        return
                    }
                }
            }
        }
    }
}
