import JobModel
import ManifestReading
import Planning
import Testing

@Suite(.timeLimit(.minutes(20))) struct DamagedIDTests {
    /// Sound ids: odd, so no multiple of a spacing, and without zeros at the end.
    static func soundIDs(_ count: Int, from first: UInt64 = 3_652_397_000_000_327_001) -> [UInt64] {
        (0..<UInt64(count)).map { first + 14 * $0 }.filter { $0 % 10 != 0 && $0 % 2 == 1 }
    }

    static func plan(related: [UInt64], skips: Bool = false) -> PlanningResult {
        var settings = PlanningSettings()
        settings.skipsInvalid = skips
        return ManifestText(related.map { "delink,Campaigns,7,Leads,\($0)" }).plan(settings)
    }

    /// What damages leave of 3652397000000327001.
    static let damaged: [(name: String, id: UInt64)] = [
        ("rounded to a floating-point number", 3_652_397_000_000_327_168),
        ("rounded as JavaScript does", 3_652_397_000_000_327_000),
        ("rounded to 15 digits as spreadsheets do", 3_652_397_000_000_330_000),
    ]

    @Test func `the sample values are what the damages leave`() {
        let id: UInt64 = 3_652_397_000_000_327_001
        #expect(UInt64(Double(id)) == Self.damaged[0].id)
        #expect(Double(Self.damaged[1].id) == Double(id))
        #expect("\(Double(id))" == "3.652397000000327e+18")
    }

    @Test(arguments: [0, 1, 2])
    func `three suspects among sound ids are chance, four are damage`(index: Int) {
        let (words, first) = Self.damaged[index]
        // Neighbours by which each damage moves: a spacing, a thousand, ten thousand.
        let step: UInt64 = [512, 1_000, 10_000][index]
        let suspects = (0..<4).map { first + step * $0 }
        let sound = Self.soundIDs(20)
        #expect(Self.plan(related: sound + suspects.prefix(3)).messages == [])
        let result = Self.plan(related: sound + suspects, skips: true)
        #expect(result.stopsRun)
        let messages = result.diagnostics.kept.map(\.message)
        #expect(
            messages.first
                == "column \"related_id\" is damaged: 4 of its \(sound.count + 4) distinct ids "
                + "above 2^53 are \(words), where chance gives fewer than 1; such ids name other "
                + "records, so export them again as text")
        #expect(
            messages.dropFirst()
                == suspects.map { "\($0) in column \"related_id\" looks \(words)" }[...])
        #expect(
            result.diagnostics.kept.map(\.position?.line)
                == [sound.count + 2] + (0..<4).map { sound.count + 2 + $0 })
        #expect(result.diagnostics.unskippableCount == 5)
    }

    @Test(arguments: [(1_280, 12, false), (1_280, 13, false), (1_280, 14, true)])
    func `chance is one in 512 at 19 digits, and four times that plus 3 is too much`(
        count: Int, suspects: Int, isError: Bool
    ) {
        // 4 × 1280 / 512 + 3 = 13.
        let sound = (0..<UInt64(count - suspects)).map { 3_652_397_000_000_327_001 + 2 * $0 }
        let damaged = (0..<UInt64(suspects)).map { 3_652_397_000_100_000_256 + 512 * $0 }
        #expect(damaged.allSatisfy { $0 % 512 == 0 })
        #expect(Self.plan(related: sound + damaged).stopsRun == isError)
    }

    @Test func `one damaged campaign in many rows is one id`() {
        let lines = (1...500).map { "delink,Campaigns,3652397000000327000,Leads,\($0)" }
        #expect(ManifestText(lines).plan().messages == [])
        let turned = (1...500).map { "delink,Leads,\($0),Campaigns,3652397000000327000" }
        #expect(ManifestText(turned).plan().messages == [])
    }

    @Test func `ids up to 2^53 can't be damaged`() {
        let ids = (0..<100).map { (1 << 53) - 1_000 * UInt64($0) }
        #expect(Self.plan(related: ids).messages == [])
    }

    @Test(arguments: [16, 17, 18, 19, 20])
    func `sound ids of any length pass, and fifteen digits of them don't`(digits: Int) {
        var state: UInt64 = 9
        let power = (1..<digits).reduce(UInt64(1)) { power, _ in power * 10 }
        let ids = (0..<2_000).map { _ -> UInt64 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return power + (state >> 8) % (digits == 20 ? 8_000_000_000_000_000_000 : 9 * power)
        }
        #expect(Self.plan(related: ids).messages == [])
        let unit = (15..<digits).reduce(UInt64(1)) { unit, _ in unit * 10 }
        let rounded = ids.map { $0 / unit * unit }.filter { $0 > 1 << 53 }
        #expect(Self.plan(related: rounded).stopsRun)
    }

    @Test func `a whole column of a hundred thousand is checked by a sample of it`() {
        let sound = (0..<100_000).map { 3_652_397_000_000_327_001 + 7 * UInt64($0) }
        #expect(Self.plan(related: sound).messages == [])
        let spread = (0..<100_000).map { 3_652_397_000_000_327_168 + 512 * UInt64($0) }
        let damaged = Self.plan(related: spread)
        #expect(damaged.stopsRun)
        #expect(damaged.diagnostics.kept.first?.message.contains("that were sampled") == true)
        #expect(damaged.diagnostics.errorCount == 11)
    }

    @Test func `what is found does not depend on the order of rows`() {
        let ids = Self.soundIDs(50) + (0..<9).map { 3_652_397_000_000_327_168 + 512 * $0 }
        let first = Self.plan(related: ids).diagnostics.kept.map(\.message)
        let turned = Self.plan(related: ids.reversed()).diagnostics.kept.map(\.message)
        #expect(first.count == 10)
        #expect(first.sorted() == turned.sorted())
    }

    @Test(arguments: [
        ("99", "123\n124", true), ("123", "123\n124", false), ("99", "12\n124", false),
    ])
    func `an unterminated last line with the shortest id was cut off`(
        last: String, others: String, isError: Bool
    ) {
        var manifest = ManifestText(
            others.split(separator: "\n").map { "delink,Campaigns,7,Leads,\($0)" })
        manifest.text += "delink,Campaigns,7,Leads,\(last)"
        let result = manifest.plan()
        #expect(result.stopsRun == isError)
        if isError {
            #expect(
                result.messages == [
                    "4:1: the last line has no line end and its id 99 has 2 digits where all "
                        + "others in column \"related_id\" have 3 or more: the file was still "
                        + "being written; export it again (or, if it is complete, end its last "
                        + "line)"
                ])
        }
        manifest.text += "\n"
        #expect(manifest.plan().messages == [])
    }

    @Test func `only the last column can be cut off`() {
        var manifest = ManifestText(
            header: ManifestText.header + ",note",
            [
                "delink,Campaigns,7,Leads,123,a"
            ])
        manifest.text += "delink,Campaigns,7,Leads,99,b"
        #expect(manifest.plan().messages == [])
        var single = ManifestText([])
        single.text += "delink,Campaigns,7,Leads,9"
        #expect(single.plan().messages == [])
    }
}
