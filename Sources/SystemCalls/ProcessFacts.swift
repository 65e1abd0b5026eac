import Glibc

/// Facts about the process and its terminal.
package enum ProcessFacts {
    /// The process's number.
    package static var processID: Int { Int(getpid()) }

    /// The effective user id; 0 = root.
    package static var userID: UInt32 { geteuid() }

    /// The machine's name.
    package static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
        return text(buffer)
    }

    /// The effective user's name, or number if it has none.
    package static var userName: String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        let user = geteuid()
        let result = getpwuid_r(user, &entry, &buffer, buffer.count, &found)
        guard result == 0, found != nil, let name = entry.pw_name else { return String(user) }
        return String(cString: name)
    }

    /// The value of an environment variable, also if it is empty.
    package static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Removes an environment variable. Call before starting a second thread.
    package static func unsetEnvironment(_ name: String) { _ = unsetenv(name) }

    /// Whether a descriptor is a terminal (0 input, 1 output, 2 errors).
    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The columns of a descriptor's terminal; nil if unknown.
    package static func terminalWidth(_ descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Prevents core dumps of this process's memory.
    ///
    /// Two measures, because neither is sufficient: a core limit of one byte (with core pipes, 0 is
    /// ignored but 1 works; see core(5)), and a filter that keeps registers but no memory. Failures
    /// are ignored.
    package static func disableCoreDumps() {
        let resource = __rlimit_resource_t(RLIMIT_CORE.rawValue)
        var limit = rlimit(rlim_cur: 1, rlim_max: 1)
        if setrlimit(resource, &limit) != 0 {
            limit = rlimit(rlim_cur: 0, rlim_max: 0)
            _ = setrlimit(resource, &limit)
        }
        do throws(SystemError) {
            let filter = try OpenFile.open("/proc/self/coredump_filter", .write)
            try filter.write(all: Array("0".utf8))
        } catch {
            // /proc may be unavailable.
        }
    }

    /// Ends the process at once, without cleaning up: for the second signal.
    package static func exitNow(_ code: Int32) -> Never { _exit(code) }

    /// Peak resident memory in bytes.
    package static var peakMemoryByteCount: UInt64 {
        var usage = rusage()
        guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return 0 }
        return UInt64(max(0, usage.ru_maxrss)) * 1_024
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Signals that are ignored in favour of error returns, or handled.
package enum SignalDispositions {
    /// A signal by name.
    package enum Signal: Sendable {
        /// SIGPIPE: writing to a closed pipe or socket.
        case brokenPipe
        /// Writing past RLIMIT_FSIZE.
        case fileSizeLimit
        /// SIGTERM.
        case terminate
        /// Control-C.
        case interrupt
        /// SIGHUP.
        case hangUp

        /// The platform's number.
        package var number: Int32 {
            switch self {
            case .brokenPipe: SIGPIPE
            case .fileSizeLimit: SIGXFSZ
            case .terminate: SIGTERM
            case .interrupt: SIGINT
            case .hangUp: SIGHUP
            }
        }
    }

    /// Ignores a signal: the call that raised it returns an error instead (EPIPE, EFBIG).
    ///
    /// Signals that a Dispatch source watches must be ignored too, or they end the process.
    package static func ignore(_ signal: Signal) { _ = Glibc.signal(signal.number, SIG_IGN) }

    /// Restores the default action of crash signals.
    ///
    /// The runtime's backtracer is a handler of these signals, installed before `main` where it is
    /// switched on (`SWIFT_BACKTRACE`, or a terminal), and it prints registers and the memory that
    /// they point to. Whether the runtime is linked in or loaded makes no difference here.
    package static func useDefaultCrashActions() {
        for signal in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
            _ = Glibc.signal(signal, SIG_DFL)
        }
    }

    /// Whether a signal is ignored, as `nohup` starts its program with hang-ups ignored.
    package static func isIgnored(_ signal: Signal) -> Bool {
        var action = sigaction()
        guard sigaction(signal.number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

/// Random numbers from the kernel.
package enum RandomSource {
    /// A seed for a generator of our own.
    package static func seed() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// Unpredictable bytes, for run ids.
    package static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
