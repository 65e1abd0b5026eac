import ManifestReading

/// What every parser that reads foreign bytes promises, whatever the bytes are.
///
/// A harness takes any input, feeds its parser, and throws when what came out breaks a promise; a
/// trap is a broken promise by itself. The same functions stand behind the coverage-guided fuzzer
/// (`Tests/Fuzzing/run`) and the short seed-driven test of `swift test`.
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
    /// Fails on purpose, by which a failure is known to be noticed. Not a parser.
    case canary

    /// - Throws: the promise that the parser broke.
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

/// A promise that an input broke, in words.
package struct BrokenInvariant: Error, Equatable {
    package let promise: String

    package init(_ promise: String) { self.promise = promise }
}

/// Throws unless the condition holds.
func promise(
    _ condition: @autoclosure () -> Bool, _ text: @autoclosure () -> String
) throws(BrokenInvariant) {
    if !condition() { throw BrokenInvariant(text()) }
}
