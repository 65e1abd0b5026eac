import JobModel
import Testing

@Suite struct ExitStatusTests {
    @Test func `of two statuses the stronger one counts, in the documented order`() {
        let order: [JobModel.ExitStatus] = [
            .bug, .journal, .halted, .credentials, .unreachable, .paused, .finishedWithFailures,
            .done,
        ]
        for (index, strong) in order.enumerated() {
            for weak in order[index...] {
                #expect(strong.mostSevere(weak) == strong)
                #expect(weak.mostSevere(strong) == strong)
            }
        }
    }
}
