internal import JobModel
import Synchronization
internal import SystemCalls

/// The way to people: standard error, whatever it is.
///
/// A terminal gets colours (unless NO_COLOR or TERM=dumb say otherwise) and a progress line below
/// everything else; systemd's journal gets the level of each line as its `<N>` prefix; anything
/// else gets plain lines. What is printed holds no control characters of others: every line is made
/// safe here.
package final class Console: Sendable {
    /// What standard error is; all of it fixed at start.
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

        /// Whether standard error is the stream that `$JOURNAL_STREAM` names (`device:inode`).
        private static func isSystemdJournal() -> Bool {
            guard let stream = ProcessFacts.environment("JOURNAL_STREAM") else { return false }
            do throws(SystemError) {
                let status = try FileSystem.status(of: "/proc/self/fd/2", followLinks: true)
                return stream == "\(status.device):\(status.node)"
            } catch {
                // Without /proc nobody can tell; plain lines are right everywhere.
                return false
            }
        }
    }

    package let style: Style
    private let sink: @Sendable (String) -> Void
    /// The progress line that stands on the terminal now; empty = none.
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

    /// Lines at a level, each made safe; only errors when quiet.
    package func print(_ lines: [String], _ level: NoticeText.Level, colour: String? = nil) {
        if style.isQuiet, level != .error { return }
        var text = ""
        for line in lines {
            // Leading blanks are layout of ours; the rest may hold words of others.
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
            // Nothing before a line means information to systemd; a line that seems to begin with a
            // level of its own, in words of others, gets ours.
            let isOurs = level != .information || safe.hasPrefix("<")
            let prefix = style.showsLevels && isOurs ? "<\(level.rawValue)>" : ""
            text += prefix + safe + "\n"
        }
        progressLine.withLock { progress in
            sink(progress.isEmpty ? text : Self.clear + text + progress)
        }
    }

    /// Replaces the progress line; an empty one takes it away. Terminals only.
    package func showProgress(_ line: String) {
        guard style.isTerminal else { return }
        progressLine.withLock { progress in
            guard progress != line else { return }
            progress = line
            sink(Self.clear + line)
        }
    }

    /// Takes the progress line away without waiting for anybody: for a signal that ends the
    /// process.
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
