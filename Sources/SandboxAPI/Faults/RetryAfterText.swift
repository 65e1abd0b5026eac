/// The time that an answer asks a client to wait, as it is written: a number of seconds or, as RFC
/// 9110 §10.2.3 allows in a header, a date, or what no RFC allows.
struct RetryAfterText: Equatable {
    var text: String
    /// Whether JSON may write it as a number.
    var isNumber = true

    init(seconds: Int64) {
        text = String(max(0, seconds))
    }

    /// - Parameter now: the calendar's time in seconds since 1970.
    init?(nanoseconds: Int64?, odd: FaultPlan.MalformedRetryAfter?, at now: Int64) {
        if let odd {
            self.init(odd, at: now)
        } else if let nanoseconds {
            self.init(seconds: (nanoseconds + 999_999_999) / 1_000_000_000)
        } else {
            return nil
        }
    }

    private init(_ odd: FaultPlan.MalformedRetryAfter, at now: Int64) {
        switch odd {
        case .zero: text = "0"
        case .negative: text = "-5"
        case .fraction: text = "0.5"
        case .huge: text = "99999999999999999999"
        case .text: text = "soon"
        case .empty: text = ""
        case .date: text = HTTPAnswerWriter.date(now + 2)
        case .past: text = HTTPAnswerWriter.date(784_111_777)
        }
        switch odd {
        case .zero, .negative, .fraction, .huge: isNumber = true
        case .text, .empty, .date, .past: isNumber = false
        }
    }
}
