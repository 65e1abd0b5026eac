import Running
import Synchronization
import SystemCalls
import Testing

@Suite(.timeLimit(.minutes(20))) struct SignalsTests {
    /// What the signals did, in order.
    final class Recorder: Sendable {
        private let seen = Mutex<[String]>([])
        let left: AsyncStream<Int32>
        private let continuation: AsyncStream<Int32>.Continuation

        init() { (left, continuation) = AsyncStream.makeStream() }

        func note(_ text: String) { seen.withLock { $0.append(text) } }
        var notes: [String] { seen.withLock { $0 } }

        var effects: Signals.Effects {
            Signals.Effects(
                restoreTerminal: { self.note("restored") },
                say: { self.note($0) },
                exit: { status in
                    self.note("left")
                    self.continuation.yield(status)
                })
        }
    }

    @Test func `the first drains, the second exits at once with 75`() async {
        let recorder = Recorder()
        let stops = StopRequests()
        stops.runBegan { recorder.note("drain") }
        let signals = Signals(stops: stops, effects: recorder.effects)
        signals.received()
        #expect(stops.isRequested)
        signals.received()
        for await status in recorder.left {
            #expect(status == 75)
            break
        }
        #expect(recorder.notes.first == "drain")
        #expect(recorder.notes.last == "left")
        #expect(recorder.notes.filter { $0 == "left" }.count == 1)
    }

    @Test func `two that come together exit at once`() async {
        let recorder = Recorder()
        let stops = StopRequests()
        stops.runBegan { recorder.note("drain") }
        Signals(stops: stops, effects: recorder.effects).received(times: 2)
        for await status in recorder.left {
            #expect(status == 75)
            break
        }
        #expect(!recorder.notes.contains("drain"))
    }

    @Test func `before the first call there is nothing to drain`() async {
        let recorder = Recorder()
        Signals(stops: StopRequests(), effects: recorder.effects).received()
        for await status in recorder.left {
            #expect(status == 75)
            break
        }
    }

    @Test func `after the run the reports are finished`() {
        let recorder = Recorder()
        let stops = StopRequests()
        stops.runBegan {}
        stops.runEnded()
        Signals(stops: stops, effects: recorder.effects).received()
        #expect(recorder.notes == [])
    }

    @Test func `a stop that was asked for before the run began reaches it`() {
        let stops = StopRequests()
        let drains = Mutex(0)
        stops.request()
        stops.runBegan { drains.withLock { $0 += 1 } }
        #expect(drains.withLock { $0 } == 1)
    }
}
