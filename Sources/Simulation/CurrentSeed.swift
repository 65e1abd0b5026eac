import Glibc
import Synchronization

/// The seed being tried, for the last words of a process that a broken belief ends.
enum CurrentSeed {
    static let number = Atomic<UInt64>(0)

    /// A trap is a broken promise too: its seed is named before the process ends.
    static func tellWhenTrapped() {
        for signal in [SIGILL, SIGTRAP, SIGABRT] {
            Glibc.signal(signal) { signal in
                // Nothing here allocates or takes a lock.
                var rest = CurrentSeed.number.load(ordering: .relaxed)
                var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
                withUnsafeMutableBytes(of: &digits) { bytes in
                    var place = bytes.count
                    repeat {
                        place -= 1
                        bytes[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
                        rest /= 10
                    } while rest > 0
                    let words: StaticString =
                        "trapped; replay: swift run -c release relsweep-simulate --trace --seed "
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
