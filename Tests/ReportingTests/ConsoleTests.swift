import Execution
import JobModel
import Reporting
import Synchronization
import Testing

/// Keeps what a console writes.
private final class CapturedOutput: Sendable {
    private let written = Mutex("")
    var text: String { written.withLock { $0 } }
    func console(_ style: Console.Style) -> Console {
        Console(style: style) { text in self.written.withLock { $0 += text } }
    }
}

@Suite struct ConsoleTests {
    @Test func `foreign text can't control a terminal`() {
        let paper = CapturedOutput()
        paper.console(Console.Style()).notice("  a\u{1B}[2Jb\u{202E}c")
        #expect(paper.text == "  a?[2Jb?c\n")
    }

    @Test func `systemd gets the level of each line`() {
        var style = Console.Style()
        style.showsLevels = true
        let paper = CapturedOutput()
        let console = paper.console(style)
        console.error("e")
        console.warning("w")
        console.notice("n")
        console.information(["i"])
        #expect(paper.text == "<3>error: e\n<4>warning: w\n<5>n\ni\n")
    }

    @Test func `quiet leaves errors only`() {
        var style = Console.Style()
        style.isQuiet = true
        let paper = CapturedOutput()
        let console = paper.console(style)
        console.warning("w")
        console.information(["i"])
        console.error("e")
        #expect(paper.text == "error: e\n")
    }

    @Test func `a line is printed above the progress line`() {
        var style = Console.Style()
        style.isTerminal = true
        let paper = CapturedOutput()
        let console = paper.console(style)
        console.showProgress("50%")
        console.notice("n")
        console.showProgress("")
        #expect(paper.text == "\r\u{1B}[K50%\r\u{1B}[Kn\n50%\r\u{1B}[K")
    }

    @Test func `there is no progress line where there is no terminal`() {
        let paper = CapturedOutput()
        paper.console(Console.Style()).showProgress("50%")
        #expect(paper.text.isEmpty)
    }
}

@Suite struct ProgressLineTests {
    private var progress: RunProgress {
        var progress = RunProgress()
        progress.itemCount = 2_000
        progress.counts[.removed] = 480
        progress.counts[.failed] = 20
        progress.inFlight = 5
        return progress
    }

    @Test func `a line says how far, how long and how fast`() {
        #expect(
            ProgressLine(progress, itemsPerSecond: 50).text()
                == "25%, 500 of 2,000 items, 20 failed, 30 s left, 50/s, 5 in flight")
        #expect(
            ProgressLine(progress, itemsPerSecond: 50, pause: "HTTP 429, 4 s left").text()
                == "25%, 500 of 2,000 items, paused: HTTP 429, 4 s left, 20 failed, 5 in flight")
    }

    @Test func `a narrow terminal gets what matters most`() {
        let line = ProgressLine(progress, itemsPerSecond: 50)
        #expect(line.text(width: 30) == "25%, 500 of 2,000 items")
        #expect(line.text(width: 3) == "25%")
    }

    @Test func `a run without items is done`() {
        #expect(ProgressLine(RunProgress()).text() == "100%, 0 of 0 items, 0 in flight")
    }

    @Test func `the rate is that of the last seconds`() {
        var rate = ProgressRate()
        #expect(rate.itemsPerSecond == nil)
        for second in 0...40 {
            // Ten a second at first, one a second after 20 s.
            let final = second <= 20 ? 10 * second : 200 + (second - 20)
            rate.note(final, at: .zero + .seconds(second))
        }
        #expect(rate.itemsPerSecond == 1)
    }
}
