import Foundation
import Simulator

extension CrashSlot {
    /// A message for each invariant violated after the run was finished.
    ///
    /// - Parameters:
    ///   - repeatedAtMost: Items that may have been requested again because they were in doubt.
    ///   - leavesTemporary: A file that could not be removed may still be there.
    func faults(
        of ended: Program.Ended, repeatedAtMost: Int, leavesTemporary: Bool = false
    ) throws -> [String] {
        var faults =
            switch fixture.job {
            case .relations: faultsOfRelations(ended, repeatedAtMost)
            case .rounds: try faultsOfRounds(ended, repeatedAtMost)
            case .pages: try faultsOfPages(ended)
            }
        if ended.number("pending") != 0 { faults.append("pending: \(ended.output)") }
        return faults + (try faultsOfFiles(leavesTemporary))
    }

    private func faultsOfRelations(_ ended: Program.Ended, _ repeatedAtMost: Int) -> [String] {
        var faults: [String] = []
        func check(_ holds: Bool, _ text: @autoclosure () -> String) {
            if !holds { faults.append(text()) }
        }
        check(ended.status == 0 && !ended.isSignalled, "exit \(ended.status): \(ended.errors)")
        check(ended.number("items") == CrashJob.relationCount, "items: \(ended.output)")
        let absent = ended.number("absent") ?? -1
        let removed = ended.number("removed") ?? -1
        check(removed + absent == CrashJob.relationCount, "outcomes: \(ended.output)")
        var asked = 0
        let ledger = fixture.simulator.ledger()
        for (campaign, lead) in CrashJob.relations(number) {
            let history = ledger.history(
                module: "Campaigns", id: campaign, list: "Leads", relatedID: lead)
            check(history?.removals == 1, "\(lead) removed \(history?.removals ?? -1) times")
            asked += history?.alreadyGone ?? 0
            let other = ledger.history(
                module: "Campaigns", id: campaign, list: "Leads", relatedID: lead + 50)
            check(other?.isPresent == true, "the bystander of \(lead) is gone")
        }
        // One more start may have repeated what a killed start had already repeated.
        check(
            (absent...repeatedAtMost).contains(asked),
            "\(asked) were asked for again, and \(absent) are absent")
        return faults
    }

    /// named ⊆ ledger ⊆ named + unaccounted.
    private func faultsOfRounds(_ ended: Program.Ended, _ repeatedAtMost: Int) throws -> [String] {
        var faults: [String] = []
        let creator = ended.summary["creator"] as? [String: Any] ?? [:]
        let unaccounted = creator["unaccounted"] as? Int ?? -1
        if ended.status != (unaccounted == 0 ? 0 : 3) || ended.isSignalled {
            faults.append("exit \(ended.status): \(ended.errors)")
        }
        let report = fixture.simulator.ledger().creatorReports.first {
            $0.report.report == CrashJob.report(number)
        }
        if report?.deleted.sorted() != CrashJob.records(number) {
            faults.append("deleted: \(report?.deleted ?? [])")
        }
        if report?.remaining.count != 1 { faults.append("remaining: \(report?.remaining ?? [])") }
        // A finished deletion is run again: its own file has the records.
        let rows = try journals().flatMap {
            try OperationFixture.rows(
                $0.deletingLastPathComponent().appending(path: "creator-records.csv"))
        }
        let named = rows.filter { $0[4] == "deleted" }.compactMap { UInt64($0[3]) }
        let lost = rows.filter { $0[4] == "unaccounted" }.reduce(0) { $0 + (Int($1[5]) ?? 0) }
        if !Set(named).isSubset(of: CrashJob.records(number)) || Set(named).count != named.count
            || named.count + lost < 3 || lost > 200 * repeatedAtMost
        {
            faults.append("rows: \(rows)")
        }
        return faults
    }

    private func faultsOfPages(_ ended: Program.Ended) throws -> [String] {
        if ended.status != 0 || ended.isSignalled {
            return ["exit \(ended.status): \(ended.errors)"]
        }
        var faults: [String] = []
        let rows = try OperationFixture.rows(state.appending(path: "found.csv"))
        let expected = CrashJob.children(number).map { "\($0.child),\($0.campaign)" }
        if rows.map({ "\($0[2]),\($0[4])" }).sorted() != expected.sorted() {
            faults.append("found: \(rows)")
        }
        return faults
    }

    /// Names allowed in a state directory while no process runs.
    private static let patterns = [
        #"^job-[0-9a-f]+$"#, #"^job-[0-9a-f]+/lock$"#, #"^job-[0-9a-f]+/[^/]+$"#, #"^tokens$"#,
        #"^tokens/[-0-9a-f]+\.(json|lock|new)$"#, #"^found\.csv$"#,
        #"^job-[0-9a-f]+/[^/]+/(manifest|results|failed|creator-records|discovered)\.csv$"#,
        #"^job-[0-9a-f]+/[^/]+/(report\.html|summary\.json)$"#,
        #"^job-[0-9a-f]+/[^/]+/journal\.jsonl(\.torn-\d+(\.\d+)?)?$"#,
    ]

    private func faultsOfFiles(_ leavesTemporary: Bool) throws -> [String] {
        var faults: [String] = []
        for name in names() {
            let isKnown = CrashSlot.patterns.contains {
                name.range(of: $0, options: .regularExpression) != nil
            }
            let isTemporary = name.hasSuffix(".tmp") || name.hasSuffix(".new")
            if !isKnown, !(leavesTemporary && isTemporary) { faults.append("\(name) is left over") }
            let attributes = try FileManager.default.attributesOfItem(
                atPath: state.appending(path: name).path)
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
            let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
            if mode != (isFolder ? 0o700 : 0o600) {
                faults.append("\(name) has mode \(String(mode, radix: 8))")
            }
        }
        let runs = names().count {
            $0.range(of: #"^job-[^/]+/2[^/]+$"#, options: .regularExpression) != nil
        }
        // A criteria expression may match other records later: a finished deletion is run again.
        if runs != 1, fixture.job != .rounds { faults.append("\(runs) runs are there") }
        return faults
    }
}
