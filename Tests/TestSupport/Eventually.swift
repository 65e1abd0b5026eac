import Dispatch

/// Polls a condition every two milliseconds; false after the deadline.
package func eventually(
    within seconds: Int = 600, _ condition: @escaping @Sendable () -> Bool
) async -> Bool {
    let timer = DispatchSource.makeTimerSource()
    let end = DispatchTime.now() + .seconds(seconds)
    return await withCheckedContinuation { continuation in
        timer.schedule(deadline: .now(), repeating: .milliseconds(2))
        timer.setEventHandler {
            let isMet = condition()
            guard isMet || DispatchTime.now() > end else { return }
            timer.cancel()
            continuation.resume(returning: isMet)
        }
        timer.activate()
    }
}
