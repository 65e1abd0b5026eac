import ManifestReading

/// Invariants of every parser of untrusted input.
///
/// A harness passes any input to its parser and throws if the result violates an invariant; a trap
/// is a violation too. The same functions are used by the coverage-guided fuzzer
/// (`Tests/Fuzzing/run`) and the short seeded test of `swift test`.
package enum Harness: String, CaseIterable, Sendable {
    case csv
    case json
    case jsonLines = "json-lines"
    case jsonManifest = "json-manifest"
    case journal
    case journalRecords = "journal-records"
    case http
    case simulator
    case answer
    case criteria
    case arguments
    case setting
    case token
    case faultPlan = "fault-plan"
    case texts
    /// Fails deliberately, to prove that failures are noticed. Not a parser.
    case canary

    /// - Throws: The violated invariant.
    package func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        switch self {
        case .csv: try ManifestHarness.check(bytes, .csv)
        case .json: try JSONHarness.check(bytes)
        case .jsonLines: try ManifestHarness.check(bytes, .jsonLines)
        case .jsonManifest: try ManifestHarness.check(bytes, .json)
        case .journal: try JournalHarness.check(bytes)
        case .journalRecords: try JournalRecordsHarness.check(bytes)
        case .http: try HTTPHarness.check(bytes)
        case .simulator: try SimulatorHarness.check(bytes)
        case .answer: try AnswerHarness.check(bytes)
        case .criteria: try CriteriaHarness.check(bytes)
        case .arguments: try ArgumentsHarness.check(bytes)
        case .setting: try SettingHarness.check(bytes)
        case .token: try TokenHarness.check(bytes)
        case .faultPlan: try FaultPlanHarness.check(bytes)
        case .texts: try TextsHarness.check(bytes)
        case .canary: try CanaryHarness.check(bytes)
        }
    }
}

/// A violated invariant, as text.
package struct BrokenInvariant: Error, Equatable {
    package let text: String

    package init(_ text: String) { self.text = text }
}

/// Throws unless the condition holds.
func require(
    _ condition: @autoclosure () -> Bool, _ text: @autoclosure () -> String
) throws(BrokenInvariant) {
    if !condition() { throw BrokenInvariant(text()) }
}
