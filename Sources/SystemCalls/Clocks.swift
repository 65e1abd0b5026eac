import Glibc

/// Monotonic time, for waits, rates and timeouts.
package enum MonotonicClock {
    /// Nanoseconds since some moment in the past.
    package static func now() -> Int64 {
        var time = timespec()
        let result = clock_gettime(CLOCK_MONOTONIC, &time)
        precondition(result == 0, "clock_gettime(CLOCK_MONOTONIC) returned \(result)")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Time since boot including suspend, for real-time bounds.
package enum BootClock {
    /// Nanoseconds.
    package static func now() -> Int64 {
        var time = timespec()
        let result = clock_gettime(CLOCK_BOOTTIME, &time)
        precondition(result == 0, "clock_gettime(CLOCK_BOOTTIME) returned \(result)")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Wall-clock time, which may be changed at any time.
package enum WallClock {
    /// Seconds since 1970, UTC, and the nanoseconds on top.
    package static func now() -> (seconds: Int64, nanoseconds: Int32) {
        var time = timespec()
        let result = clock_gettime(CLOCK_REALTIME, &time)
        precondition(result == 0, "clock_gettime(CLOCK_REALTIME) returned \(result)")
        return (Int64(time.tv_sec), Int32(time.tv_nsec))
    }

    /// Milliseconds since 1970, UTC.
    package static func milliseconds() -> Int64 {
        let time = now()
        return time.seconds * 1_000 + Int64(time.nanoseconds / 1_000_000)
    }
}

/// The processor time this process has used, for benchmarks.
package enum ProcessorClock {
    /// Nanoseconds of user and system time together.
    package static func now() -> Int64 {
        var time = timespec()
        let result = clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        precondition(result == 0, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID) returned \(result)")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Time shared by processes through a file: monotonic while the machine is up, suspend included.
package struct SharedTime: Equatable, Sendable {
    /// The boot ID that `uptimeMilliseconds` refers to; empty if unavailable (systemd's
    /// `ProcSubset=pid` hides it).
    package var bootID: String
    /// Milliseconds since the machine was started.
    package var uptimeMilliseconds: Int64
    /// Milliseconds since 1970, UTC, by a clock that may be set at any moment.
    package var wallMilliseconds: Int64

    /// Creates a time, for tests.
    package init(bootID: String, uptimeMilliseconds: Int64, wallMilliseconds: Int64) {
        self.bootID = bootID
        self.uptimeMilliseconds = uptimeMilliseconds
        self.wallMilliseconds = wallMilliseconds
    }

    /// The present.
    package static func now() -> SharedTime {
        var time = timespec()
        let result = clock_gettime(CLOCK_BOOTTIME, &time)
        precondition(result == 0, "clock_gettime(CLOCK_BOOTTIME) returned \(result)")
        return SharedTime(
            bootID: BootIdentifier.identifier,
            uptimeMilliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000,
            wallMilliseconds: WallClock.milliseconds())
    }
}

/// The boot of the machine, origin of its monotonic clocks.
package enum BootIdentifier {
    /// Its name; empty if the kernel does not report it.
    package static let identifier: String = {
        do throws(SystemError) {
            let bytes = try FileSystem.read("/proc/sys/kernel/random/boot_id", limit: 256)
            return String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
        } catch {
            // Unavailable: treat the boot as unknown.
            return ""
        }
    }()
}
