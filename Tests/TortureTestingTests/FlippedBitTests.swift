import Journaling
import Testing

/// The first record of each sort in a run's journal with every single bit of it turned, one at a
/// time: never taken for something else.
@Suite struct `a bit of a journal that is flipped` {
    private struct Line {
        var number: Int
        var bytes: Range<Int>
        /// The end of its batch, and of the next one, which says that this one was on the disk.
        var batchEnd: Int
        var provenEnd: Int?
    }

    /// The first line of each sort, its line feed included.
    private func lines(_ run: ExhaustiveRun) throws -> [Line] {
        let journal = run.disk.bytes
        var lines: [Line] = []
        var seen: Set<String> = []
        var number = 0
        var start = 0
        // The first record is a write of its own.
        let ends =
            [try #require(journal.firstIndex(of: 0x0A)) + 1]
            + run.writes.map(\.bytes.upperBound)
        while let feed = journal[start...].firstIndex(of: 0x0A) {
            number += 1
            let text = String(decoding: journal[start..<feed], as: UTF8.self)
            let sort = text.split(separator: #""record":"#).last?.prefix { $0 != "," } ?? ""
            if seen.insert(String(sort)).inserted {
                let place = try #require(ends.firstIndex { $0 > start })
                lines.append(
                    Line(
                        number: number, bytes: start..<(feed + 1), batchEnd: ends[place],
                        provenEnd: place + 1 < ends.count ? ends[place + 1] : nil))
            }
            start = feed + 1
        }
        #expect(seen.count >= 7, "\(seen)")
        return lines
    }

    private func flips(_ journal: ArraySlice<UInt8>, in range: Range<Int>) -> some Sequence<[UInt8]>
    {
        range.lazy.flatMap { place in
            (0..<8).lazy.map { bit in
                var flipped = Array(journal)
                flipped[place] ^= UInt8(1) << UInt8(bit)
                return flipped
            }
        }
    }

    @Test(arguments: ExhaustiveJob.all)
    func `before records that were on the disk is refused by its line`(job: ExhaustiveJob) throws {
        var run = ExhaustiveRun(job)
        _ = run.finish()
        for line in try lines(run) {
            guard let end = line.provenEnd else { continue }
            for flipped in flips(run.disk.bytes[..<end], in: line.bytes) {
                var recovery = Recovery()
                recovery.feed(flipped)
                let verdict = recovery.finish().condition
                if case .damaged(let fault) = verdict, fault.line == line.number { continue }
                Issue.record("line \(line.number): \(verdict)")
                return
            }
        }
    }

    @Test func `in the last batch is cut off, and its run finishes`() throws {
        let job = try #require(ExhaustiveJob.all.first)
        var run = ExhaustiveRun(job)
        _ = run.finish()
        for line in try lines(run) where line.number > 1 {
            // What the batch allowed to leave has left.
            let next = run.writes.first { $0.bytes.lowerBound >= line.batchEnd }
            var resumptions = Resumptions(
                job, next?.organisation ?? run.organisation, .answersTogether, .olderCopy)
            for flipped in flips(run.disk.bytes[..<line.batchEnd], in: line.bytes) {
                if let fault = try resumptions.fault(resuming: flipped) {
                    Issue.record("line \(line.number): \(fault)")
                    return
                }
                let verdict = resumptions.condition
                if case .tornTail(let fault) = verdict, fault.line == line.number { continue }
                Issue.record("line \(line.number): \(verdict)")
                return
            }
            #expect(resumptions.resumedCount == 1)
        }
    }
}
