import Execution
import JobModel
import Journaling
import ZohoAPI

/// One attempt is one sending, and an item is asked for again only while it has no durable outcome;
/// a request names exactly the items of its attempt.
struct RepeatsOnlyInDoubt: Checker {
    private let scenario: Scenario
    private var arrived: Set<String> = []
    private var left: Set<AttemptID> = []
    private var known = RunJournal()
    /// Index = row.
    private var isSettled: [Bool]

    init(_ scenario: Scenario) {
        self.scenario = scenario
        isSettled = Array(repeating: false, count: scenario.rows.count)
    }

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        switch happening {
        case .sessionBegan(let facts):
            left.removeAll()
            for open in facts.recovered.everyOpenCall { known.take(.call(open.record)) }
            for row in isSettled.indices {
                let outcomes = facts.recovered.outcomeOfRow
                isSettled[row] = row < outcomes.count && outcomes[row] != 0
            }
        case .recordHandedOver(let record, _):
            known.take(record)
            for (row, _) in known.outcomes(of: record) {
                if isSettled[Int(row)] { return "row \(row) gets a second outcome" }
                isSettled[Int(row)] = true
            }
        case .requestLeft(let attempt, let request):
            if !left.insert(attempt).inserted { return "\(attempt) is sent twice" }
            return judge(attempt, request)
        case .requestArrived(let attempt, _, let session, _):
            if !arrived.insert("\(session) \(attempt)").inserted {
                return "\(attempt) reaches the service twice"
            }
        default: break
        }
        return nil
    }

    private func judge(_ attempt: AttemptID, _ request: APIRequest) -> String? {
        let rows = known.rows(of: attempt)
        if rows.isEmpty { return "\(attempt) is on no record" }
        for row in rows where isSettled[Int(row)] {
            return "\(attempt) asks for row \(row), which has its outcome"
        }
        let first = scenario.rows[Int(rows[0])]
        switch first.operation {
        case .delink, .update, .deleteAttachment: break
        case .discoverDeleted, .deleteCreatorRecords:
            return request.target.contains(first.list)
                ? nil : "\(attempt) is for \(first.list) and asks for \(request.target)"
        }
        let asked = first.asked
        var expected = "/crm/v2/\(asked.module)/\(asked.parent)/\(asked.list)"
        let ids = rows.map { String(scenario.rows[Int($0)].asked.related) }
        if ids.count == 1 {
            expected += "/\(ids[0])"
        } else if first.operation != .update {
            expected += "?ids=" + ids.joined(separator: ",")
        }
        return request.target == expected
            ? nil : "\(attempt) is for \(expected) and asks for \(request.target)"
    }
}
