import JSONText
import JobModel

/// What a 429 names as its cause. It decides how long to wait, and never what was done: a 429 is
/// refused before execution whatever its words are.
///
/// Zoho's pages give one code for all causes; the bodies that are known differ in their words:
///
///     {"code":"TOO_MANY_REQUESTS","details":{…,"retry_after":60,"window":60},"message":"Rate …"}
///     {"code":429,"error":"TOO_MANY_REQUESTS","error_info":"… the past 24 hours …"}
package enum ThrottleCause: Equatable, Sendable {
    /// The credits of a day are used up: waiting for minutes does not help.
    case dailyCredits
    /// Too many calls in flight, of all kinds or of the complex ones: fewer, and soon again.
    case concurrency
}

/// The pauses that answers ask for.
extension AnswerReading {
    /// Longer than any pause that a run waits for, in seconds; what asks for more is taken for
    /// this, so that sums can't overflow.
    package static let maximumPauseSeconds = 86_400

    static func readThrottled<Content>(
        _ answer: HTTPAnswer, _ body: JSONObject?
    ) -> Classification<Content> {
        let message = serviceMessage(answer, body)
        let isOutOfCalls =
            ErrorCatalogue.entry(for: message.code)?.errorClass == .outOfCalls
            || throttleCause(body) == .dailyCredits
        return isOutOfCalls
            ? .outOfCalls(message)
            : .throttled(message, retryAfter: pause(answer, body?["details"]))
    }

    /// The cause that an answer names; nil where it names none, or more than one.
    package static func throttleCause(_ answer: HTTPAnswer) -> ThrottleCause? {
        throttleCause(readBody(answer))
    }

    private static func throttleCause(_ body: JSONObject?) -> ThrottleCause? {
        guard let body else { return nil }
        let words = ["message", "description", "error_info", "error"]
            .compactMap { body[$0]?.string?.prefix(1_000).lowercased() }.joined(separator: " ")
        // By bytes: texts searched for texts took 4 % of a simulated night.
        let bytes = Array(words.utf8)
        func names(_ parts: [String]) -> Bool {
            parts.contains { part in
                bytes.indices.contains { bytes[$0...].starts(with: part.utf8) }
            }
        }
        let isOfDay = names(["24 hour", "24-hour", "daily", "per day", "of the day", "credit"])
        let isOfConcurrency = names(["concurren", "simultaneous"])
        let isOfRate = names(["minute", "second"])
        switch (isOfDay, isOfConcurrency, isOfRate) {
        case (true, false, false): return .dailyCredits
        case (false, true, false): return .concurrency
        default: return nil
        }
    }

    /// How long the service asks to wait: `Retry-After` or `details.retry_after`, the longer one;
    /// nil where neither can be read. At most `maximumPauseSeconds`, never negative.
    static func pause(_ answer: HTTPAnswer, _ details: JSONValue?) -> Duration? {
        let message: String? =
            switch details?["retry_after"] {
            case .number(let number): number.text
            case .string(let text): text
            default: nil
            }
        let seconds = [
            answer.retryAfterSeconds, message.flatMap { RetryAfter.seconds(of: $0.utf8) },
        ]
        .compactMap { $0 }.filter { $0 >= 0 }.max()
        return seconds.map { .seconds(min($0, maximumPauseSeconds)) }
    }
}
