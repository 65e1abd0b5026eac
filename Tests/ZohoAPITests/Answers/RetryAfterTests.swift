import Testing
import ZohoAPI

@Suite struct `Retry-After` {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the date of RFC 9110.
    private static let now: Int64 = 784_111_777

    static let values: [(String, Int?)] = [
        ("120", 120), (" 120 \r\n", 120), ("0", 0), ("1.5", 2), ("1.0", 1), ("1.09", 2),
        ("86400", 86_400),
        ("86401", 86_400), ("99999999999999999999999999", 86_400),
        ("-5", nil), ("+5", nil), ("", nil), (" ", nil), ("soon", nil), ("5s", nil), ("5 5", nil),
        ("1.", nil), (".5", nil), ("1e3", nil), ("0x10", nil), ("NaN", nil),
        ("Sun, 06 Nov 1994 08:50:37 GMT", 60), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0), ("Mon, 07 Nov 1994 08:49:37 GMT", 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Sunday, 06-Nov-94 08:50:37 GMT", nil), ("Sun Nov  6 08:50:37 1994", nil),
        ("Sun, 06 Nov 1994 08:50:37", nil), ("Sun, 06 Nov 1994 24:50:37 GMT", nil),
        ("Sun, 32 Nov 1994 08:50:37 GMT", nil), ("Sun, 06 Foo 1994 08:50:37 GMT", nil),
    ]

    @Test(arguments: values)
    func `is a number of seconds or a date, or says nothing`(_ value: String, _ seconds: Int?) {
        #expect(RetryAfter.seconds(of: value.utf8, now: Self.now) == seconds, "\(value)")
    }

    static let dates: [(String, Int64)] = [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
        ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
        ("Sat, 21 Nov 2026 15:40:00 GMT", 1_795_275_600),
        ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
    ]

    @Test(arguments: dates)
    func `dates are exact`(_ text: String, _ seconds: Int64) {
        #expect(RetryAfter.date(of: text.utf8) == seconds)
    }

    @Test func `a date says nothing where the time is not known`() {
        #expect(RetryAfter.seconds(of: "Sun, 06 Nov 1994 08:50:37 GMT".utf8) == nil)
    }
}
