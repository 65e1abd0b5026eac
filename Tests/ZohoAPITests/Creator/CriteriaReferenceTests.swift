import Testing
import ZohoAPI

/// Compares the scope of a criteria expression with its expanded disjunctive form.
@Suite(.timeLimit(.minutes(20))) struct CriteriaReferenceTests {
    private indirect enum Expression {
        case leaf(isPositive: Bool, number: Int)
        case and(Expression, Expression)
        case or(Expression, Expression)
        case not(Expression)

        var text: String {
            switch self {
            case .leaf(let isPositive, let number): "F\(number)\(isPositive ? "==" : "!=")1"
            case .and(let left, let right): "(\(left.text)) && (\(right.text))"
            case .or(let left, let right): "(\(left.text) || \(right.text))"
            case .not(let inner): "!(\(inner.text))"
            }
        }

        /// Alternatives, each as the list of whether its comparisons are positive.
        func alternatives(negated: Bool) -> [[Bool]] {
            switch self {
            case .leaf(let isPositive, _): [[isPositive != negated]]
            case .not(let inner): inner.alternatives(negated: !negated)
            case .and(let left, let right):
                negated
                    ? left.alternatives(negated: true) + right.alternatives(negated: true)
                    : Self.pairs(left, right, negated: false)
            case .or(let left, let right):
                negated
                    ? Self.pairs(left, right, negated: true)
                    : left.alternatives(negated: false) + right.alternatives(negated: false)
            }
        }

        private static func pairs(
            _ left: Expression, _ right: Expression, negated: Bool
        ) -> [[Bool]] {
            left.alternatives(negated: negated).flatMap { one in
                right.alternatives(negated: negated).map { one + $0 }
            }
        }
    }

    @Test func `guards agree with the alternatives written out`() {
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        func random(_ depth: Int) -> Expression {
            switch depth == 0 ? 0 : next(5) {
            case 1: .and(random(depth - 1), random(depth - 1))
            case 2, 3: .or(random(depth - 1), random(depth - 1))
            case 4: .not(random(depth - 1))
            default: .leaf(isPositive: next(2) == 0, number: next(9))
            }
        }
        var narrow = 0
        for _ in 0..<3_000 {
            let expression = random(4)
            let isGuarded = expression.alternatives(negated: false)
                .allSatisfy { $0.contains(true) }
            #expect(
                Criteria.scope(of: expression.text) == (isGuarded ? .narrow : .wide),
                "\(expression.text)")
            narrow += isGuarded ? 1 : 0
        }
        #expect((300...2_700).contains(narrow))
    }
}
