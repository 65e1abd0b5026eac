import ZohoAPI

/// A valid criteria expression can be wrapped without matching more. Extra parentheses and double
/// negation have no effect, and an error's position is inside the text.
enum CriteriaHarness {
    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        let text = String(decoding: bytes, as: UTF8.self)
        let faults = Criteria.check(text)
        for hasMaximum in [false, true] {
            let all = Criteria.check(text, hasExplicitMaximum: hasMaximum, allowsDeleteAll: true)
            try require(faults.isEmpty || all == faults, "\(faults), then \(all)")
        }
        let reach = Criteria.scope(of: text)
        guard faults.isEmpty else {
            try require(reach == .everything, "with faults it reaches \(reach)")
            for fault in faults {
                try require(
                    (0...text.utf8.count).contains(fault.offset), "\(fault) is beyond the text")
                for scalar in fault.message.unicodeScalars where TextInvariants.isHarmful(scalar) {
                    throw BrokenInvariant("U+\(scalar.value) in \(fault.message.debugDescription)")
                }
            }
            return
        }
        // The required settings follow from its scope alone.
        for (hasMaximum, allowsAll) in [(false, false), (false, true), (true, false)] {
            let refusals = Criteria.check(
                text, hasExplicitMaximum: hasMaximum, allowsDeleteAll: allowsAll)
            let passes =
                (hasMaximum || reach == .narrow) && (allowsAll || reach != .everything)
            try require(
                refusals.isEmpty == passes,
                "\(reach), maximum \(hasMaximum), all \(allowsAll): \(refusals)")
        }
        try checkReach("!(\(text)) || (\(text))", atLeast: reach, text)
        let excluded = Criteria.wrapped(text, excluding: [5, 6], explicitIDs: nil)
        try checkReach(excluded, atMost: reach, text)
        try checkReach(
            Criteria.wrapped(text, excluding: [5], explicitIDs: [7, 8]), atMost: .wide, text)
        try checkReach("(\(text))", exactly: reach, text)
        try checkReach("!(!(\(text)))", exactly: reach, text)
        try checkReach("(\(text)) || (\(text))", exactly: reach, text)
        try checkReach("(\(text)) && (\(text))", exactly: reach, text)
        try checkReach("A == \"b\" && (\(text))", exactly: .narrow, text)
        try checkReach("ID != 5 || (\(text))", exactly: .everything, text)
    }

    private static func checkReach(
        _ text: String, exactly reach: CriteriaScope? = nil, atMost most: CriteriaScope? = nil,
        atLeast least: CriteriaScope? = nil, _ original: String
    ) throws(BrokenInvariant) {
        let faults = Criteria.check(text)
        // One more parenthesis may be one too many; nothing else may be.
        if let fault = faults.first {
            let depth = original.utf8.count { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: "!") }
            return try require(depth >= Criteria.maximumDepth - 4, "\(text): \(fault)")
        }
        let found = Criteria.scope(of: text)
        if let reach { try require(found == reach, "\(text) reaches \(found), not \(reach)") }
        if let least {
            try require(rank(found) >= rank(least), "\(text) reaches \(found) < \(least)")
        }
        if let most { try require(rank(found) <= rank(most), "\(text) reaches \(found) > \(most)") }
    }

    private static func rank(_ reach: CriteriaScope) -> Int {
        switch reach {
        case .narrow: 0
        case .wide: 1
        case .everything: 2
        }
    }
}
