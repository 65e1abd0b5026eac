/// An error in a fault plan, with its position.
package struct FaultPlanError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The ways a plan can be wrong.
    package enum Kind: Equatable, Sendable {
        /// An empty rule.
        case emptyRule
        /// An unknown kind of fault.
        case unknownKind(String)
        /// The parts of a rule are `@calls`, `:share`, `/value`, each at most once, in this order.
        case unexpectedPart(String)
        /// Not a number, a range or a list of them, counted from 1.
        case invalidCalls(String)
        /// Not a percentage from 0.0001% to 100%.
        case invalidShare(String)
        /// Not a time such as `800ms` or `2s`, or over an hour.
        case invalidTime(String)
        /// Neither a time nor a word for an unusual wait.
        case invalidWait(String)
        /// Not a size such as `1500b`.
        case invalidSize(String)
        /// The kind takes no value.
        case valueNotAllowed(String)
        /// The shares of the exclusive faults exceed 100 %.
        case sharesPassHundred
    }

    /// What is wrong.
    package var kind: Kind
    /// Where in the text, in bytes from 1.
    package var column: Int

    /// The message: column, what was found, what was expected.
    package var description: String {
        "column \(column): \(text)"
    }

    private var text: String {
        switch kind {
        case .emptyRule:
            "there is no fault here; write rules such as 429:5% with commas between them"
        case .unknownKind(let name):
            "unknown fault \"\(name)\"; known are "
                + FaultPlan.Kind.allCases.map(\.rawValue).joined(separator: " ")
        case .unexpectedPart(let part):
            "unexpected \"\(part)\"; a rule is kind@calls:share/value, each part at most once"
        case .invalidCalls(let calls):
            "\"\(calls)\" names no calls; write 3, 10-20 or 3+7+10-20, counted from 1"
        case .invalidShare(let share):
            "\"\(share)\" is no share; write a percentage from 0.0001% to 100%"
        case .invalidTime(let time):
            "\"\(time)\" is no time; write 800ms or 2s, at most 3600s"
        case .invalidWait(let wait):
            "\"\(wait)\" is no time to wait; write 800ms or 2s, at most 3600s, or one of "
                + FaultPlan.MalformedRetryAfter.allCases.map(\.rawValue).joined(separator: " ")
        case .invalidSize(let size):
            "\"\(size)\" is no size; write 1500b for requests of more than 1500 bytes"
        case .valueNotAllowed(let name):
            "the fault \(name) takes no value behind a slash"
        case .sharesPassHundred:
            "the shares of faults that exclude each other pass 100% here"
        }
    }
}

extension FaultPlan {
    /// Parses the value of `--faults`; an empty text means no faults.
    ///
    /// - Throws: what is wrong, with its column.
    package init(parsing text: String) throws(FaultPlanError) {
        if text.utf8.allSatisfy({ $0 == 0x20 }) { return }
        var column = 1
        var total: UInt64 = 0
        for part in text.utf8.split(separator: 0x2C, omittingEmptySubsequences: false) {
            let blanks = part.prefix { $0 == 0x20 }.count
            var trimmed = part.dropFirst(blanks)
            while trimmed.last == 0x20 { trimmed.removeLast() }
            let ruleColumn = column + blanks
            let rule = try Self.rule(Substring(trimmed), at: ruleColumn)
            if !rule.kind.isDecoration { total += rule.perMillion }
            guard total <= 1_000_000 else {
                throw FaultPlanError(kind: .sharesPassHundred, column: ruleColumn)
            }
            rules.append(rule)
            column += part.count + 1
        }
    }

    private static func rule(_ text: Substring, at column: Int) throws(FaultPlanError) -> Rule {
        let marks: [Character] = ["@", ":", "/"]
        let nameText = text.prefix { !marks.contains($0) }
        guard !nameText.isEmpty else { throw FaultPlanError(kind: .emptyRule, column: column) }
        let name = nameText.hasSuffix("-before") ? nameText.dropLast(7) : nameText
        guard let kind = Kind(rawValue: String(name)),
            name == nameText || Kind(rawValue: "\(name)-after") != nil
        else { throw FaultPlanError(kind: .unknownKind(String(nameText)), column: column) }
        var rule = Rule(kind: kind)
        var rest = text[nameText.endIndex...]
        var nextMark = 0
        var saysWhen = false
        while let mark = rest.first {
            let partColumn = column + text[..<rest.startIndex].utf8.count
            let value = rest.dropFirst().prefix { !marks.contains($0) }
            guard let index = marks.firstIndex(of: mark), index >= nextMark else {
                throw FaultPlanError(kind: .unexpectedPart(String(rest)), column: partColumn)
            }
            nextMark = index + 1
            switch mark {
            case "@":
                rule.calls = try calls(value, at: partColumn + 1)
                saysWhen = true
            case ":":
                rule.perMillion = try share(value, at: partColumn + 1)
                saysWhen = true
            default:
                guard kind.value != .none else {
                    throw FaultPlanError(kind: .valueNotAllowed(kind.rawValue), column: partColumn)
                }
                try rule.setValue(value, at: partColumn + 1)
            }
            rest = rest[value.endIndex...]
        }
        if !saysWhen { rule.perMillion = 1_000_000 }
        return rule
    }

    private static func calls(
        _ text: Substring, at column: Int
    ) throws(FaultPlanError) -> [ClosedRange<UInt64>] {
        var ranges: [ClosedRange<UInt64>] = []
        for part in text.split(separator: "+", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(number)
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
                first >= 1, first <= last
            else { throw FaultPlanError(kind: .invalidCalls(String(text)), column: column) }
            ranges.append(first...last)
        }
        return ranges
    }

    private static func share(
        _ text: Substring, at column: Int
    ) throws(FaultPlanError) -> UInt64 {
        let invalid = FaultPlanError(kind: .invalidShare(String(text)), column: column)
        guard text.last == "%" else { throw invalid }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first.flatMap(number), whole <= 100 else {
            throw invalid
        }
        var fraction: UInt64 = 0
        if parts.count == 2 {
            let digits = parts[1] + String(repeating: "0", count: max(0, 4 - parts[1].count))
            guard !parts[1].isEmpty, digits.count == 4, let value = number(digits) else {
                throw invalid
            }
            fraction = value
        }
        let perMillion = whole * 10_000 + fraction
        guard (1...1_000_000).contains(perMillion) else { throw invalid }
        return perMillion
    }

    /// Nanoseconds, or nil if the text is no time.
    fileprivate static func time(_ text: Substring) -> Int64? {
        let unit: UInt64 = text.hasSuffix("ms") ? 1 : 1_000
        guard text.hasSuffix("s"), let count = number(text.dropLast(unit == 1 ? 2 : 1)),
            count <= 3_600_000 / unit
        else { return nil }
        return Int64(count * unit * 1_000_000)
    }

    /// Plain digits, at most eighteen.
    fileprivate static func number(_ text: Substring) -> UInt64? {
        guard text.utf8.count <= 18, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return nil
        }
        return UInt64(text)
    }
}

extension FaultPlan.Rule {
    /// Reads the value after the slash, as the kind defines it.
    fileprivate mutating func setValue(
        _ text: Substring, at column: Int
    ) throws(FaultPlanError) {
        switch kind.value {
        case .none:
            preconditionFailure("the fault \(kind.rawValue) takes no value and got \(text)")
        case .time:
            timeNanoseconds = FaultPlan.time(text)
            if timeNanoseconds == nil {
                throw FaultPlanError(kind: .invalidTime(String(text)), column: column)
            }
        case .wait:
            malformedRetryAfter = FaultPlan.MalformedRetryAfter(rawValue: String(text))
            timeNanoseconds = malformedRetryAfter == nil ? FaultPlan.time(text) : nil
            if malformedRetryAfter == nil, timeNanoseconds == nil {
                throw FaultPlanError(kind: .invalidWait(String(text)), column: column)
            }
        case .size:
            guard text.last == "b", let number = FaultPlan.number(text.dropLast()) else {
                throw FaultPlanError(kind: .invalidSize(String(text)), column: column)
            }
            sizeBytes = Int(number)
        }
    }
}
