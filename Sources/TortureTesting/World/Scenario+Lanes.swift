import JSONText
import JobModel
import Simulator

// Items executed serially: deleted parents in pages, Creator reports in rounds.

extension Scenario {
    /// Reports of an application; rows of one report have criteria of their own.
    private static let reports = ["Orders", "Visits", "Parts"]

    /// Each report has its records in one environment.
    private func environment(of report: String) -> Simulator.SimulatedEnvironment {
        let all: [Simulator.SimulatedEnvironment] = [.stage, .production, .development]
        return all[Int((seed &+ UInt64(report.utf8.count)) % 3)]
    }

    mutating func drawPages(_ random: inout SimulationGenerator) {
        for parent in 0..<random.number(1...3) {
            let exists = !has(.missingItems) || !random.once(in: 8)
            let first: UInt64 = 7_000_000_000 + UInt64(parent) * 100_000
            let count = random.pick([0, 1, 3, 3, 199, 200, 201, 201, 401])
            rows.append(
                Row(
                    operation: .discoverDeleted, module: "Campaigns",
                    parent: 90_000 + UInt64(parent), list: "Leads", related: 0, isPresent: exists,
                    parentExists: exists, relatedExists: true, fields: "",
                    records: (0..<UInt64(count)).map { first + 3 * $0 }))
        }
    }

    mutating func drawRounds(_ random: inout SimulationGenerator) {
        var next: UInt64 = 8_000_000_000
        for index in 0..<random.number(1...5) {
            let drawn = random.pick(Scenario.reports)
            let list = isTight ? Scenario.reports[index % Scenario.reports.count] : drawn
            var row = Row(
                operation: .deleteCreatorRecords, module: "", parent: 0, list: list, related: 0,
                isPresent: true, parentExists: true, relatedExists: true, fields: "",
                status: "S\(index)",
                maximumRecords: random.pick([10_000, 10_000, 200, 399, 400, 650, 1_000]))
            row.environment = environment(of: list).rawValue
            if row.environment != "production", random.once(in: 2) {
                row.demoUser = "demouser_\(random.number(1...3))"
            }
            row.skipsWorkflow = random.once(in: 2)
            let equality = "Status == \"\(row.status)\""
            row.criteria = random.pick([
                equality, "(\(equality) && ID != 17)", "Status.contains(\"\(row.status)\")",
                "Status.startswith(\"\(row.status)\") && Status != \"Open\"",
            ])
            for _ in 0..<random.pick([0, 1, 5, 30, 199, 200, 201, 420]) {
                next += UInt64(random.number(1...9))
                row.records.append(next)
                let isUndeletable = has(.undeletableRecords) && random.once(in: 20)
                if isUndeletable { row.undeletable.insert(next) }
                if !isCalm, has(.undeletableRecords), random.once(in: 20) { row.busy.insert(next) }
            }
            if has(.movingChildren), random.once(in: 2) {
                row.fleeting = Set(row.records.dropFirst(200))
            }
            rows.append(row)
        }
    }

    mutating func seedPages(_ row: Row) {
        guard row.parentExists else { return }
        do {
            try world.addDeletedParent(
                module: row.module, id: row.parent, list: row.list, children: row.records,
                linked: false)
        } catch {
            preconditionFailure("a deleted parent can't be added: \(error)")
        }
    }

    mutating func seedReports(_ random: inout SimulationGenerator) {
        for report in Scenario.reports {
            var records = (0..<UInt64(random.number(1...4))).map { index in
                CreatorRecord(
                    id: 9_000_000_000 + index, [(name: "Status", value: .string("Open"))],
                    isBystander: true)
            }
            for row in rows where row.operation == .deleteCreatorRecords && row.list == report {
                records += row.records.map { id in
                    var record = CreatorRecord(
                        id: id, [(name: "Status", value: .string(row.status))],
                        isUndeletable: row.undeletable.contains(id))
                    record.isBusy = row.busy.contains(id)
                    record.isFleeting = row.fleeting.contains(id)
                    return record
                }
            }
            do {
                try world.addReport(
                    CreatorReportName(
                        environment(of: report), owner: "zylker", application: "desk",
                        report: report),
                    records: records)
            } catch {
                preconditionFailure("a report can't be added: \(error)")
            }
        }
    }
}
