/// A point in monotonic (in tests: virtual) time, in nanoseconds since an arbitrary origin per
/// process.
///
/// May be negative: events of an earlier process precede this one's origin.
package struct Moment: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static let zero = Moment(nanoseconds: 0)

    package static func < (first: Moment, second: Moment) -> Bool {
        first.nanoseconds < second.nanoseconds
    }

    /// Sums saturate instead of trapping.
    package static func + (moment: Moment, duration: Duration) -> Moment {
        let (sum, overflowed) = moment.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        guard overflowed else { return Moment(nanoseconds: sum) }
        return Moment(nanoseconds: duration > .zero ? .max : .min)
    }

    package static func - (later: Moment, earlier: Moment) -> Duration {
        .nanoseconds(
            later.nanoseconds.subtractingReportingOverflow(earlier.nanoseconds).partialValue)
    }

    package var description: String { "\(nanoseconds)ns" }
}

extension Duration {
    /// Whole nanoseconds, saturated to 64 bits (292 years).
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflowed) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflowed else { return seconds > 0 ? .max : .min }
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds > 0 ? .max : .min) : sum
    }

    /// Whole seconds as people are told them: rounded up, unless less than a millisecond is over.
    package var secondsRoundedUp: Int { Int((self + .milliseconds(999)).components.seconds) }

    /// Whole milliseconds, rounded up.
    package var millisecondsRoundedUp: Int { Int((nanoseconds + 999_999) / 1_000_000) }
}
