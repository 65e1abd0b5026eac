import Dispatch
import Synchronization

// Four threads add under one Mutex: no race, and the sum is right. ThreadSanitizer by itself
// reports one anyway (sanitized.c says why). With the word "race" as argument they also
// add without the Mutex: a true race, which must be reported whatever is linked.

final class Counter: @unchecked Sendable {
    let guarded = Mutex(0)
    var unguarded = 0
}

let counter = Counter()
let isRacing = CommandLine.arguments.dropFirst().first == "race"
DispatchQueue.concurrentPerform(iterations: 4) { number in
    for _ in 0..<20_000 {
        counter.guarded.withLock { $0 += 1 }
        if isRacing { counter.unguarded += number }
    }
}
print(counter.guarded.withLock { $0 })
