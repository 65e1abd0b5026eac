import JSONText
import JobModel

/// The cause that a 429 names. It decides only how long to wait: a 429 is always a refusal before
/// execution.
///
/// Zoho documents one code for all causes; known bodies differ in their text:
///
///     {"code":"TOO_MANY_REQUESTS","details":{…,"retry_after":60,"window":60},"message":"Rate …"}
///     {"code":429,"error":"TOO_MANY_REQUESTS","error_info":"… the past 24 hours …"}
package enum ThrottleCause: Equatable, Sendable {
    /// The daily credits are used up; waiting minutes does not help.
    case dailyCredits
    /// Too many calls in flight, in total or of the complex APIs: lower the concurrency, retry
    /// soon.
    case concurrency
}

/// Pauses requested by answers.
extension AnswerReading {
    /// Upper bound in seconds, longer than any pause a run waits for; larger values are clamped so
    /// that sums cannot overflow.
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

    /// The cause named by an answer; nil for none or more than one.
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

    /// The requested wait: the longer of `Retry-After` and `details.retry_after`; nil if neither is
    /// readable. Clamped to `maximumPauseSeconds`, never negative.
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
