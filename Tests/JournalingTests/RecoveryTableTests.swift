import JobModel
import Journaling
import Testing

@Suite struct RecoveryTableTests {
    @Test func `exactly one row matches every combination`() {
        #expect(RecoveryFinding.all.count == 2 + 16 + 144)
        for finding in RecoveryFinding.all {
            let matching = RecoveryTable.rows.filter { RecoveryTable.matches($0, finding) }
            #expect(matching.count == 1, "\(finding): \(matching.map(\.label))")
        }
    }

    @Test func `every row matches something, and the labels go on without a gap`() {
        let labels = (0..<RecoveryTable.rows.count).map {
            "@" + String(Unicode.Scalar(UInt8(0x41 + $0)))
        }
        #expect(RecoveryTable.rows.map(\.label) == labels)
        for row in RecoveryTable.rows {
            #expect(RecoveryFinding.all.contains { RecoveryTable.matches(row, $0) }, "\(row.label)")
        }
    }

    static let cases: [(RecoveryFinding, String, RecoveryDecision)] = [
        (.item(outcome: nil, call: .none, isRepeatable: true), "@A", .planAnew),
        (.item(outcome: nil, call: .recorded, isRepeatable: false), "@A", .planAnew),
        (.item(outcome: nil, call: .split, isRepeatable: true), "@A", .planAnew),
        (.item(outcome: nil, call: .unanswered, isRepeatable: true), "@B", .resendInDoubt),
        (.item(outcome: nil, call: .halfInDoubt, isRepeatable: true), "@B", .resendInDoubt),
        (.item(outcome: nil, call: .answeredAgain, isRepeatable: true), "@C", .resend),
        (.item(outcome: .failed, call: .answeredAgain, isRepeatable: true), "@D", .report),
        (.item(outcome: .blocked, call: .none, isRepeatable: true), "@D", .report),
        (.item(outcome: .unknown, call: .unanswered, isRepeatable: true), "@D", .report),
        (.item(outcome: .removed, call: .answeredAgain, isRepeatable: true), "@E", .skip),
        (.item(outcome: .absent, call: .unanswered, isRepeatable: false), "@E", .skip),
        (
            .journal(tail: .tornTail, isWithoutRecords: false, isUnderstood: true), "@F",
            .saveAsideAndCut
        ),
        (.journal(tail: .damaged, isWithoutRecords: false, isUnderstood: true), "@G", .stopDamaged),
        (.journal(tail: .damaged, isWithoutRecords: true, isUnderstood: true), "@G", .stopDamaged),
        (.item(outcome: nil, call: .unanswered, isRepeatable: false), "@H", .countUnaccounted),
        (.item(outcome: nil, call: .refused, isRepeatable: false), "@I", .resendWithoutRetry),
        (.journal(tail: .zeros, isWithoutRecords: false, isUnderstood: true), "@J", .cutZeros),
        (
            .journal(tail: .tornTail, isWithoutRecords: true, isUnderstood: true), "@K",
            .neverStarted
        ),
        (.journal(tail: .whole, isWithoutRecords: true, isUnderstood: true), "@K", .neverStarted),
        (.journal(tail: .whole, isWithoutRecords: false, isUnderstood: true), "@L", .continueRun),
        (
            .journal(tail: .damaged, isWithoutRecords: false, isUnderstood: false), "@M",
            .stopNotUnderstood
        ),
        (.settings(differ: true), "@N", .refuseSettings),
        (.settings(differ: false), "@O", .continueRun),
        (.item(outcome: nil, call: .continued, isRepeatable: true), "@P", .nextStep),
        (.item(outcome: nil, call: .continued, isRepeatable: false), "@P", .nextStep),
    ]

    @Test func `every row decides as Journaling.docc says`() {
        for (finding, label, decision) in Self.cases {
            let row = RecoveryTable.row(for: finding)
            #expect(row.label == label, "\(finding)")
            #expect(row.decision == decision, "\(finding)")
        }
        #expect(Set(Self.cases.map(\.1)).count == RecoveryTable.rows.count)
    }
}
