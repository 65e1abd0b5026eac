import SystemCalls
import Testing

@Suite struct TimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_795_224_575_123, "2026-11-21T01:29:35.123Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func `a moment is shown in UTC`(milliseconds: Int64, text: String) {
        #expect(CivilTime(milliseconds: milliseconds).text == text)
    }

    @Test func `an offset is part of the text`() {
        let moment: Int64 = 1_795_224_575_123
        #expect(
            CivilTime(milliseconds: moment, offsetSeconds: -12_600).text
                == "2026-11-20T21:59:35.123-03:30")
        #expect(
            CivilTime(milliseconds: moment, offsetSeconds: 3_600).minuteText
                == "2026-11-21 02:29 UTC+01:00")
        #expect(CivilTime(milliseconds: moment).minuteText == "2026-11-21 01:29 UTC")
    }

    @Test func `the next time of day is today, or tomorrow when it has come`() {
        let midnight: Int64 = 1_795_219_200
        let next = { (hour: Int, after: Int64) in
            LocalZone.next(hour: hour, minute: 30, after: after, offsetSeconds: 3_600)
        }
        #expect(next(6, midnight) == midnight + 5 * 3_600 + 1_800)
        #expect(next(0, midnight) == midnight + 23 * 3_600 + 1_800)
        #expect(next(1, midnight + 1_800) == midnight + 86_400 + 1_800)
    }

    @Test func `the next local time shows the hour and minute asked for`() {
        let now = WallClock.now().seconds
        for hour in 0..<24 {
            let next = LocalZone.next(hour: hour, minute: 45, after: now)
            let shown = CivilTime.local(milliseconds: next * 1_000)
            #expect(next > now && next <= now + 2 * 86_400)
            #expect(shown.minute == 45 && shown.second == 0)
        }
    }

    @Test func `clocks go forward`() {
        let first = MonotonicClock.now()
        #expect(MonotonicClock.now() >= first)
        #expect(WallClock.milliseconds() > 1_700_000_000_000)
        #expect(ProcessorClock.now() > 0)
    }
}
