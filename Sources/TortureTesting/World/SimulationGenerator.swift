internal import Execution

/// The harness's only source of randomness. A seed gives the same world on every machine.
package struct SimulationGenerator: RandomNumberGenerator, Sendable {
    private var generator: RandomGenerator

    package init(seed: UInt64) {
        generator = RandomGenerator(seed: seed)
    }

    package mutating func next() -> UInt64 { generator.next() }

    /// True once in `n` times on average.
    mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(number(range))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[number(0...(elements.count - 1))]
    }
}
