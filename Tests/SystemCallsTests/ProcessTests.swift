import SystemCalls
import Testing

@Suite struct ProcessTests {
    @Test func `the process knows itself`() {
        #expect(ProcessFacts.processID > 0)
        #expect(!ProcessFacts.hostName.isEmpty)
        #expect(!ProcessFacts.userName.isEmpty)
        #expect(ProcessFacts.environment("PATH") != nil)
        #expect(ProcessFacts.environment("RELSWEEP_NO_SUCH_VARIABLE") == nil)
        #expect(ProcessFacts.terminalWidth(-1) == nil)
        #expect(!ProcessFacts.isTerminal(-1))
        #expect(ProcessFacts.peakMemoryByteCount > 1 << 20)
    }

    @Test func `seeds and names differ`() {
        #expect(RandomSource.seed() != RandomSource.seed())
        #expect(RandomSource.bytes(16).count == 16)
        #expect(RandomSource.bytes(16) != RandomSource.bytes(16))
    }
}
