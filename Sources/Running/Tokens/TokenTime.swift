package import Dispatch
package import SystemCalls

/// Time and random numbers for tokens; replaced in tests.
package struct TokenTime: Sendable {
    package var now: @Sendable () -> SharedTime
    /// Runs a block on a queue after the given milliseconds.
    package var after: @Sendable (Int64, DispatchQueue, @escaping @Sendable () -> Void) -> Void
    /// 0…1.
    package var random: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> SharedTime,
        after: @escaping @Sendable (Int64, DispatchQueue, @escaping @Sendable () -> Void) -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.after = after
        self.random = random
    }

    package static let real = TokenTime(
        now: { SharedTime.now() },
        after: { milliseconds, queue, body in
            // Dispatch counts in its own nanoseconds: a day is long enough.
            let bounded = Int(min(max(milliseconds, 0), 86_400_000))
            queue.asyncAfter(deadline: .now() + .milliseconds(bounded), execute: body)
        },
        random: { Double.random(in: 0...1) })
}
