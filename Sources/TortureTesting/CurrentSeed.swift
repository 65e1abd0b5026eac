import Glibc

/// The seed that a thread is trying, for the last words of a process that traps.
enum CurrentSeed {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// The calling thread tries this seed now.
    static func note(_ seed: UInt64) {
        // The number itself stands where a pointer would.
        pthread_setspecific(key, UnsafeRawPointer(bitPattern: UInt(seed)))
    }

    /// A trap is a failure too: its seed is printed before the process ends.
    static func reportTraps() {
        note(0)
        for signal in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] {
            Glibc.signal(signal) { signal in
                // Nothing here allocates or takes a lock. A trap comes on its own thread.
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
