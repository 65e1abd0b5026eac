import Foundation
import JobModel
import Testing

@testable import Journaling

@Suite struct RecordCodecTests {
    @Test func `every record comes back as it went, by both readers`() throws {
        for (index, record) in JournalSamples.rich.enumerated() {
            let sequence = UInt64(index) + 1
            let line = RecordCodec().line(record, sequence: sequence, durable: UInt64(index / 2))
            #expect(line.last == 0x0A)
            #expect(line.filter { $0 == 0x0A }.count == 1)
            let body = Array(line.dropLast())
            let general = try body.withUnsafeBufferPointer { bytes in
                try RecordDecoding.record(of: bytes)
            }
            #expect(general == record)
            body.withUnsafeBufferPointer { bytes in
                let inner = UnsafeBufferPointer(rebasing: bytes[..<(bytes.count - 18)])
                var reader = FastRecordDecoder(inner)
                let numbers = reader.sequences()
                #expect(numbers?.sequence == sequence)
                #expect(numbers?.durable == UInt64(index / 2))
                var memory = FastRecordDecoder.KindMemory()
                if let quick = reader.record(&memory) { #expect(quick == record) }
            }
        }
    }

    @Test func `the quick reader reads the records that there are many of`() {
        let many =
            [
                JournalSamples.call(1, rows: [1, 2]),
                JournalSamples.call(2, rows: [3], parentCall: 1),
                JournalSamples.attempt(1), JournalSamples.attempt(1, 2, rows: [2]),
                JournalSamples.answer(
                    1, 1, .settled,
                    [JournalSamples.group(.removed), JournalSamples.group(.absent, [1])]),
                JournalSamples.answer(1, 1, .again, leavesDoubt: true),
                JournalSamples.answer(1, 1, .throttled),
            ] + JournalSamples.serial.filter { !isForTheGeneralReader($0) }
        for record in many {
            let line = RecordCodec().line(record, sequence: 9, durable: 3).dropLast(19)
            Array(line).withUnsafeBufferPointer { bytes in
                var reader = FastRecordDecoder(bytes)
                #expect(reader.sequences() != nil)
                var memory = FastRecordDecoder.KindMemory()
                #expect(reader.record(&memory) == record)
                var again = FastRecordDecoder(bytes)
                _ = again.sequences()
                #expect(again.record(&memory) == record)
            }
        }
    }

    /// Pages and undeletable records have words, which have escapes.
    private func isForTheGeneralReader(_ record: JournalRecord) -> Bool {
        guard case .answer(let answer) = record else { return false }
        return answer.page != nil || answer.records?.undeletable.isEmpty == false
    }

    @Test func `the bytes of version 1 stay what they are`() {
        let line = { (record: JournalRecord) in
            String(
                decoding: RecordCodec().line(record, sequence: 7, durable: 5), as: UTF8.self)
        }
        #expect(
            line(JournalSamples.attempt(2, 1))
                == #"{"seq":7,"durable":5,"record":"attempt","call":2,"attempt":1,"#
                + #""ms":1795224575123,"crc":"21ec791f"}"# + "\n")
        #expect(
            line(JournalSamples.call(1, rows: [1, 2])).hasPrefix(
                #"{"seq":7,"durable":5,"record":"call","call":1,"kind":"delink Campaigns/Leads","#
                    + #""end":"as-written","parent":"4876876000000000001","rows":[1,2],"#
                    + #""related":["4876876000000100001","4876876000000100002"],"crc":""#))
        #expect(
            line(JournalSamples.answer(1, 1, .settled, [JournalSamples.group(.absent, [4])]))
                .hasPrefix(
                    #"{"seq":7,"durable":5,"record":"answer","call":1,"attempt":1,"#
                        + #""ms":1795224575200,"verdict":"settled","status":200,"#
                        + #""outcomes":[{"outcome":"absent","status":200,"code":"SUCCESS","#
                        + #""rows":[4]}],"crc":""#))
    }

    /// Readers take members in any order; people and their scripts see this one.
    @Test func `the members of a record have one order`() {
        func line(_ record: JournalRecord) -> String {
            let line = RecordCodec().line(record, sequence: 7, durable: 5)
            return String(decoding: line.dropLast(19), as: UTF8.self)
        }
        var header = JournalSamples.header
        header.invocation = "c0ffee"
        #expect(
            line(.run(header))
                == #"{"seq":7,"durable":5,"record":"run","version":1,"#
                + #""run":"20261121-012935-ab12","job":"campaign-cleanup","tool":"relsweep 0.1.0","#
                + #""startedAt":"2026-11-21T01:29:35.123Z","user":"batch","host":"crm-1","#
                + #""invocation":"c0ffee","source":"/srv/jobs/campaign \"x\"\n.csv","#
                + #""manifest":{"format":"csv","sha256":""#
                + String(repeating: "0f", count: 32)
                + #"","bytes":123456},"pinned":[{"name":"apiDomain","#
                + #""value":"https://www.zohoapis.eu"},{"name":"pivot","value":""}]"#)
        #expect(
            line(
                .kindStopped(
                    KindStoppedRecord(
                        kind: JournalSamples.kind, status: 401, code: "A", message: "no")))
                == #"{"seq":7,"durable":5,"record":"kind-stopped","kind":"delink Campaigns/Leads","#
                + #""status":401,"code":"A","said":"no""#)
        #expect(
            line(
                .stop(
                    StopRecord(
                        state: .paused, reason: .outOfCalls, text: "used", exit: 75,
                        atMilliseconds: 9)))
                == #"{"seq":7,"durable":5,"record":"stop","state":"paused","#
                + #""reason":"out-of-calls","text":"used","exit":75,"ms":9"#)
        let absent = Outcome(
            kind: .absent, status: 200, code: "A", message: "no", isAfterDoubt: true)
        #expect(
            line(
                .answer(
                    AnswerRecord(
                        call: 3, attempt: 2, atMilliseconds: 5, verdict: .settled, status: 207,
                        code: "B", message: "yes", leavesDoubt: true, pauseMilliseconds: 9,
                        outcomes: [OutcomeGroup(outcome: absent, rows: [4])], refusesKind: true,
                        records: RoundRecords(
                            deleted: [1], undeletable: [.init(id: 2, code: "C", message: "d")],
                            gone: [3], unaccounted: 4, moreRecords: false))))
                == #"{"seq":7,"durable":5,"record":"answer","call":3,"attempt":2,"ms":5,"#
                + #""verdict":"settled","status":207,"code":"B","said":"yes","leavesDoubt":true,"#
                + #""pause":9,"outcomes":[{"outcome":"absent","status":200,"code":"A","#
                + #""said":"no","afterDoubt":true,"rows":[4]}],"refusesKind":true,"#
                + #""records":{"deleted":["1"],"gone":["3"],"unaccounted":4,"more":false,"#
                + #""undeletable":[{"id":"2","code":"C","said":"d"}]}"#)
    }

    /// Beyond 2^53 milliseconds, moving a time from one clock to another could overflow.
    @Test func `a time has a bound, the same to both readers`() {
        for (milliseconds, isQuick) in [
            (SessionClock.maximumMilliseconds, true), (SessionClock.maximumMilliseconds + 1, false),
        ] {
            let line = Self.line(#""attempt","call":1,"attempt":1,"ms":\#(milliseconds)"#)
            line.dropLast(19).withUnsafeBufferPointer { bytes in
                var reader = FastRecordDecoder(bytes)
                #expect(reader.sequences() != nil)
                var memory = FastRecordDecoder.KindMemory()
                #expect((reader.record(&memory) != nil) == isQuick)
            }
            #expect(JournalSamples.scan(line).records.isEmpty == !isQuick)
        }
    }

    @Test func `a line is plain JSON to others`() throws {
        for record in JournalSamples.rich {
            let line = RecordCodec().line(record, sequence: 7, durable: 5)
            let value = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            #expect(value?["seq"] as? Int == 7)
            #expect(value?["record"] as? String == record.name)
            #expect((value?["crc"] as? String)?.count == 8)
        }
    }

    /// A line with the given members and the right checksum.
    static func line(_ members: String, sequence: Int = 1) -> [UInt8] {
        var bytes = Array("{\"seq\":\(sequence),\"durable\":0,\"record\":\(members)".utf8)
        LineTrailer.append(CRC32C().checksum(bytes), to: &bytes)
        return bytes
    }

    @Test func `members that this build does not know are passed over, in any order`() {
        let line = Self.line(
            #""attempt","ms":5,"colour":{"a":[1]},"attempt":2,"call":3"#)
        let (records, verdict, _) = JournalSamples.scan(line)
        #expect(verdict == .whole)
        #expect(records == [JournalSamples.attempt(3, 2, ms: 5)])
    }

    @Test func `members that an older build did not write have defaults`() {
        let line = Self.line(#""answer","call":3,"attempt":2,"ms":5,"verdict":"again""#)
        #expect(
            JournalSamples.scan(line).records == [
                .answer(AnswerRecord(call: 3, attempt: 2, atMilliseconds: 5, verdict: .again))
            ])
    }

    /// Found by fuzzing: the fast parser accepted what the general one rejects.
    @Test(arguments: [[0x91], [0x09], [0xC0, 0xAF]] as [[UInt8]])
    func `words that are no JSON are no record to either reader`(bytes: [UInt8]) {
        let start = #"{"seq":1,"durable":0,"record":"answer","call":1,"attempt":1,"ms":5,"#
        let words = Array(#""verdict":"again","code":"A"#.utf8) + bytes
        for member in ["", #","colour":1"#] {
            var line = Array(start.utf8) + words + Array("\"\(member)".utf8)
            LineTrailer.append(CRC32C().checksum(line), to: &line)
            let (records, verdict, _) = JournalSamples.scan(line)
            #expect(records.isEmpty)
            guard case .notUnderstood(let fault) = verdict else {
                Issue.record("\(verdict)")
                continue
            }
            #expect(fault.reason.hasPrefix("column "), "\(fault)")
        }
    }

    /// Found by fuzzing: journal content could control a terminal.
    @Test(arguments: [
        (#""se\u001b[31m\u007f""#, #"there is no record named "se\u{1B}[31m\u{7F}""#),
        (
            #""answer","call":1,"attempt":1,"ms":1,"verdict":"settled","#
                + #""outcomes":[{"outcome":"\u202e"}]"#, #""\u{202E}" is no outcome"#
        ),
        (
            #""attempt","a\u007f":1,"a\u007f":2"#,
            #"column 53: the key "a?" occurs twice in the same object"#
        ),
    ])
    func `what is not understood is quoted in characters that can be shown`(
        members: String, reason: String
    ) {
        let (_, verdict, _) = JournalSamples.scan(Self.line(members))
        #expect(
            verdict
                == .notUnderstood(JournalDamage(line: 1, sequence: 1, offset: 0, reason: reason)))
    }

    @Test(arguments: [
        (#""march""#, "there is no record named \"march\""),
        (
            #""run","version":2"#,
            "it was written by a newer relsweep in format version 2, this one reads up to 1"
        ),
        (
            #""attempt","call":-1,"attempt":1,"ms":1"#,
            "\"call\" is -1, expected a number below 2^32"
        ),
        (#""attempt","call":1,"attempt":1"#, "\"ms\" is nothing, expected milliseconds since 1970"),
        (
            #""attempt","call":1,"attempt":1,"ms":1,"rows":[0]"#,
            "\"rows\" is [0], expected a list of row numbers"
        ),
        (
            #""answer","call":1,"attempt":1,"ms":1,"verdict":"fine""#,
            "\"verdict\" is \"fine\", expected a known word"
        ),
        (
            #""blocked","kind":"delink Leads","outcome":{"outcome":"blocked"},"rows":[]"#,
            "\"kind\" is \"delink Leads\", expected operation module/list"
        ),
        (
            #""call","call":1,"kind":"delink A/B","#
                + #""end":"as-written","parent":"1","rows":[1],"related":[]"#,
            "\"related\" is [], expected as many ids as there are rows (1)"
        ),
        // Numbers that nothing could be added to.
        (
            #""attempt","call":1,"attempt":9223372036854775807,"ms":1"#,
            "\"attempt\" is 9223372036854775807, expected an integer below 2^40"
        ),
        (
            #""attempt","call":4294967295,"attempt":1,"ms":1"#,
            "\"call\" is 4294967295, expected a number up to 2^28"
        ),
        (
            #""attempt","call":1,"attempt":1,"ms":9223372036854775807"#,
            "\"ms\" is 9223372036854775807, expected milliseconds since 1970"
        ),
        (
            #""attempt","call":1,"call":1"#,
            "column 50: the key \"call\" occurs twice in the same object"
        ),
    ])
    func `a valid line without meaning is reported, not guessed at`(members: String, reason: String)
    {
        let (records, verdict, _) = JournalSamples.scan(Self.line(members))
        #expect(records.isEmpty)
        #expect(
            verdict
                == .notUnderstood(JournalDamage(line: 1, sequence: 1, offset: 0, reason: reason)))
        #expect(JournalDecision(verdict) == .stopNotUnderstood)
    }
}
