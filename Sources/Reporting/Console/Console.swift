internal import JobModel
import Synchronization
internal import SystemCalls

/// Messages on standard error.
///
/// A terminal gets colours (unless NO_COLOR or TERM=dumb is set) and a progress line at the bottom;
/// the systemd journal gets a `<N>` prefix with the level of each line; anything else plain lines.
/// Every line is made safe here.
package final class Console: Sendable {
    /// The kind of standard error, determined at start.
    package struct Style: Equatable, Sendable {
        /// A terminal that can move its cursor.
        package var isTerminal = false
        package var hasColours = false
        /// `<N>` before each line.
        package var showsLevels = false
        /// `--quiet`: errors only.
        package var isQuiet = false
        /// Columns of text.
        package var width = 100

        package init() {}

        /// Looks at the process's standard error and environment.
        package static func detected(isQuiet: Bool) -> Style {
            var style = Style()
            style.isQuiet = isQuiet
            let isDumb = ProcessFacts.environment("TERM") == "dumb"
            let descriptor = StandardStream.error.rawDescriptor
            style.isTerminal = ProcessFacts.isTerminal(descriptor) && !isDumb
            let noColour = ProcessFacts.environment("NO_COLOR").map { !$0.isEmpty } ?? false
            style.hasColours = style.isTerminal && !noColour
            style.showsLevels = isSystemdJournal()
            if style.isTerminal, let width = ProcessFacts.terminalWidth(descriptor) {
                style.width = max(40, min(width, 120))
            }
            return style
        }

        /// Whether standard error is the stream in `$JOURNAL_STREAM` (`device:inode`).
        private static func isSystemdJournal() -> Bool {
            guard let stream = ProcessFacts.environment("JOURNAL_STREAM") else { return false }
            do throws(SystemError) {
                let status = try FileSystem.status(of: "/proc/self/fd/2", followLinks: true)
                return stream == "\(status.device):\(status.node)"
            } catch {
                // Unknown without /proc; plain lines always work.
                return false
            }
        }
    }

    package let style: Style
    private let sink: @Sendable (String) -> Void
    /// The displayed progress line; empty = none.
    private let progressLine = Mutex("")

    package init(
        style: Style,
        sink: @escaping @Sendable (String) -> Void = { StandardStream.error.write($0) }
    ) {
        self.style = style
        self.sink = sink
    }

    package func error(_ text: String) { print(["error: " + text], .error, colour: "31") }
    package func warning(_ text: String) { print(["warning: " + text], .warning, colour: "33") }
    package func notice(_ text: String) { print([text], .notice) }
    package func information(_ lines: [String]) { print(lines, .information) }

    /// Prints lines at a level, made safe; only errors if quiet.
    package func print(_ lines: [String], _ level: NoticeText.Level, colour: String? = nil) {
        if style.isQuiet, level != .error { return }
        var text = ""
        for line in lines {
            // Leading spaces are layout; the rest may contain external text.
            let indent = line.prefix { $0 == " " }
            var safe =
                indent
                + SafeText.sanitised(
                    String(line.dropFirst(indent.count)), maximumByteCount: 1 << 20)
            if style.hasColours, let colour, let colon = safe.firstIndex(of: ":") {
                safe =
                    "\u{1B}[1;\(colour)m" + safe[...colon] + "\u{1B}[0m"
                    + safe[safe.index(after: colon)...]
            }
            // systemd treats a line without prefix as informational. A line with external text that
            // looks like a prefix gets an explicit one.
            let isOurs = level != .information || safe.hasPrefix("<")
            let prefix = style.showsLevels && isOurs ? "<\(level.rawValue)>" : ""
            text += prefix + safe + "\n"
        }
        progressLine.withLock { progress in
            sink(progress.isEmpty ? text : Self.clear + text + progress)
        }
    }

    /// Replaces the progress line; an empty text removes it. Terminals only.
    package func showProgress(_ line: String) {
        guard style.isTerminal else { return }
        progressLine.withLock { progress in
            guard progress != line else { return }
            progress = line
            sink(Self.clear + line)
        }
    }

    /// Removes the progress line without locking, for a signal that ends the process.
    package func restoreTerminal() {
        guard style.isTerminal else { return }
        let wasShown = progressLine.withLockIfAvailable { progress in
            let wasShown = !progress.isEmpty
            progress = ""
            return wasShown
        }
        if wasShown ?? true { sink(Self.clear) }
    }

    private static let clear = "\r\u{1B}[K"
}
