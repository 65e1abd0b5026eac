import JobModel
import Journaling
import Testing

@Suite struct FailureWindowTests {
    @Test func `failures leave the window as others come`() {
        var tally = FailureWindow()
        for _ in 0..<20 {
            tally.add(
                JournalSamples.kind, outcomes: 50, failures: 50, successes: 0, mayRefuseKind: false)
        }
        #expect(tally.recentFailures == 1_000)
        for answered in 1...20 {
            tally.add(
                JournalSamples.kind, outcomes: 50, failures: 0, successes: 50, mayRefuseKind: false)
            #expect(tally.recentFailures == 1_000 - 50 * answered)
            #expect(tally.recentOutcomes == 1_000)
        }
        #expect(tally.failed == 1_000)
    }
}
