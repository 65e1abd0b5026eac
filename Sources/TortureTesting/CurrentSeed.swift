import Glibc

/// The seed that a thread is running, to report when the process traps.
enum CurrentSeed {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// Sets the calling thread's seed.
    static func note(_ seed: UInt64) {
        // The number is stored in place of a pointer.
        pthread_setspecific(key, UnsafeRawPointer(bitPattern: UInt(seed)))
    }

    /// Prints the seed when the process traps.
    static func reportTraps() {
        note(0)
        for signal in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] {
            Glibc.signal(signal) { signal in
                // Async-signal-safe: no allocation, no locks. A trap is delivered to its own
                // thread.
                var rest = UInt64(UInt(bitPattern: pthread_getspecific(CurrentSeed.key)))
                var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
                withUnsafeMutableBytes(of: &digits) { bytes in
                    var place = bytes.count
                    repeat {
                        place -= 1
                        bytes[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
                        rest /= 10
                    } while rest > 0
                    let words: StaticString =
                        "trapped; replay: swift run -c release relsweep-torture --trace --seed "
                    write(STDOUT_FILENO, words.utf8Start, words.utf8CodeUnitCount)
                    write(
                        STDOUT_FILENO,
                        UnsafeRawBufferPointer(rebasing: bytes[place...]).baseAddress,
                        bytes.count - place)
                    let end: StaticString = "\n"
                    write(STDOUT_FILENO, end.utf8Start, 1)
                }
                Glibc.signal(signal, SIG_DFL)
                raise(signal)
            }
        }
    }
}
