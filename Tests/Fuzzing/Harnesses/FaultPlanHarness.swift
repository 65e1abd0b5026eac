import Simulator

/// A valid plan round-trips; an error's position is inside the text.
enum FaultPlanHarness {
    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        let text = String(decoding: bytes, as: UTF8.self)
        switch parsed(text) {
        case .failure(let error):
            try require(
                (1...text.utf8.count + 1).contains(error.column), "\(error) is beyond the text")
        case .success(let plan):
            let total = plan.rules.filter { !$0.kind.isDecoration }.map(\.perMillion).reduce(0, +)
            try require(total <= 1_000_000, "the shares pass 100%")
            for rule in plan.rules {
                try require(
                    rule.perMillion > 0 || !rule.calls.isEmpty, "\(rule) never happens")
                try require(
                    (0...3_600_000_000_000).contains(rule.timeNanoseconds ?? 0),
                    "\(rule) takes long")
            }
            let written = plan.rules.map(text(of:)).joined(separator: ",")
            let again = parsed(written)
            try require(again == .success(plan), "\(plan) is written \(written): \(again)")
        }
    }

    private static func parsed(_ text: String) -> Result<FaultPlan, FaultPlanError> {
        Result { () throws(FaultPlanError) in try FaultPlan(parsing: text) }
    }

    private static func text(of rule: FaultPlan.Rule) -> String {
        var text = rule.kind.rawValue
        if !rule.calls.isEmpty {
            text +=
                "@"
                + rule.calls.map { "\($0.lowerBound)-\($0.upperBound)" }
                .joined(separator: "+")
        }
        if rule.perMillion > 0 {
            let fraction = String(rule.perMillion % 10_000)
            let zeros = String(repeating: "0", count: 4 - fraction.count)
            text += ":\(rule.perMillion / 10_000).\(zeros)\(fraction)%"
        }
        if let time = rule.timeNanoseconds { text += "/\(time / 1_000_000)ms" }
        if let odd = rule.malformedRetryAfter { text += "/\(odd.rawValue)" }
        if let size = rule.sizeBytes { text += "/\(size)b" }
        return text
    }
}
