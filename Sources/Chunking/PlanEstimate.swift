package import JobModel
import Planning
package import ZohoAPI

/// What a plan comes to: calls, credits and time, for people to judge before anything is sent.
package struct PlanEstimate: Equatable, Sendable {
    /// One kind of calls.
    package struct Kind: Equatable, Sendable {
        /// Of deleted parents: operation, module and related list of their rows.
        package var kind: RelationKind
        package var direction: CallDirection
        /// Distinct parents that its calls are made at.
        package var parents: Int
        package var items: Int
        /// Of deleted parents at least: each has one page, and as many more as it had children.
        package var calls: Int
    }

    /// The jobs on one data of one Creator report.
    package struct Report: Equatable, Sendable {
        package var owner: String
        package var app: String
        package var report: String
        /// `production` is to be shown loudly.
        package var environment: CreatorEnvironment
        /// Rows, each with a criteria of its own.
        package var items: Int
        /// At least one a row; at most what `max_records` allows, by 200, and one that finds
        /// nothing left.
        package var rounds: ClosedRange<Int>
        /// Records deleted at most.
        package var maximumRecords: Int
    }

    /// In the order in which they are sent; kinds of deleted parents last.
    package var byKind: [Kind]
    /// In the order of their first rows.
    package var byReport: [Report]
    /// Calls at least: exact for relations and attachments, one round a Creator job, one page a
    /// deleted parent.
    package var calls: Int
    /// Calls at most; nil when pages are to be read, since nobody knows how many there are.
    /// Retries and splits come on top.
    package var callsAtMost: Int?
    /// `calls`, if every row were called from the end it names.
    package var callsAsWritten: Int
    /// Proven: whatever ends are chosen, no fewer calls carry the items.
    package var lowerBound: Int
    /// Credits of the CRM that the calls cost at least and at most: 1 a delink, an attachment or a
    /// page (the base price; pages beyond the first are not in it). An update of up to 100 is
    /// "1 to 10 credits", since no document says whether it is priced by the call or by 10 records.
    package var credits: ClosedRange<Int>
    /// Calls of the CRM; the rest is Creator's, which has a daily limit of its own and no credits.
    private var crmCalls: Int

    /// - Parameters:
    ///   - plan: The calls of all of `items`.
    ///   - profile: As the plan was made with.
    package init(of plan: CallPlan, items: WorkItems, profile: ServiceProfile) {
        var byKind = plan.kinds.map {
            Kind(kind: $0.kind, direction: $0.direction, parents: 0, items: 0, calls: 0)
        }
        var credits = (least: 0, most: 0)
        var previous: (kind: UInt16, parent: UInt64)?
        for call in 0..<plan.callCount {
            let kind = Int(plan.callKinds[call])
            let itemCount = Int(plan.callStarts[call + 1] - plan.callStarts[call])
            byKind[kind].calls += 1
            byKind[kind].items += itemCount
            // Calls at one parent follow each other.
            if previous?.kind != plan.callKinds[call] || previous?.parent != plan.callParents[call]
            {
                byKind[kind].parents += 1
                previous = (plan.callKinds[call], plan.callParents[call])
            }
            credits.least += 1
            credits.most +=
                byKind[kind].kind.operation == .update
                ? (itemCount + PlanEstimate.recordsPerCredit - 1) / PlanEstimate.recordsPerCredit
                : 1
        }
        let pages = plan.deletedParents.count
        self.byKind = byKind + PlanEstimate.kinds(of: plan.deletedParents)
        byReport = PlanEstimate.reports(of: plan.creatorJobs)
        crmCalls = plan.callCount + pages
        calls = crmCalls + byReport.reduce(0) { $0 + $1.rounds.lowerBound }
        callsAtMost =
            pages == 0 ? crmCalls + byReport.reduce(0) { $0 + $1.rounds.upperBound } : nil
        callsAsWritten = calls
        lowerBound = CallLowerBound.calls(for: items, profile: profile)
        self.credits = (credits.least + pages)...(credits.most + pages)
    }

    /// Records that one credit pays for where a service prices by records (insert, update: API
    /// limits page).
    private static let recordsPerCredit = 10

    private static func kinds(of parents: [DeletedParent]) -> [Kind] {
        var kinds: [Kind] = []
        // For lookups only.
        var places: [RelationKind: Int] = [:]
        for parent in parents {
            let kind = RelationKind(
                operation: .discoverDeleted, module: parent.module,
                relatedList: parent.relatedList)
            let place = places[kind] ?? kinds.count
            if place == kinds.count {
                places[kind] = place
                kinds.append(
                    Kind(kind: kind, direction: .asWritten, parents: 0, items: 0, calls: 0))
            }
            kinds[place].parents += 1
            kinds[place].items += 1
            kinds[place].calls += 1
        }
        return kinds.sorted { $0.kind < $1.kind }
    }

    private static func reports(of jobs: [CreatorJob]) -> [Report] {
        var reports: [Report] = []
        // For lookups only.
        var places: [String: Int] = [:]
        for job in jobs {
            let perRound = CreatorJob.recordsPerRound
            let most = (job.maximumRecords + perRound - 1) / perRound + 1
            guard let place = places[job.reportKey] else {
                places[job.reportKey] = reports.count
                reports.append(
                    Report(
                        owner: job.owner, app: job.app, report: job.report,
                        environment: job.environment, items: 1, rounds: 1...most,
                        maximumRecords: job.maximumRecords))
                continue
            }
            let rounds = reports[place].rounds
            reports[place].items += 1
            reports[place].rounds = (rounds.lowerBound + 1)...(rounds.upperBound + most)
            reports[place].maximumRecords += job.maximumRecords
        }
        return reports
    }

    /// Of a plan without calls.
    package static let empty = PlanEstimate(
        of: CallPlan(), items: WorkItems(), profile: ServiceProfile())
}

extension PlanEstimate {
    /// The time that the calls take at least and at most, if each is answered after `latency`:
    /// services work side by side, each within its own limits.
    ///
    /// For each it is whichever is slower of the calls in flight and the calls a minute. The first
    /// call of every kind goes alone, and rounds of one report follow each other. Pages beyond a
    /// parent's first one, waits that the service imposes (429), retries and refusals come on top.
    package func duration(limits: RunLimits, latency: Duration) -> ClosedRange<Duration> {
        let crm = PlanEstimate.duration(
            calls: crmCalls, alone: byKind.count, longestRow: 1, service: .crm, limits, latency)
        func creator(_ rounds: (ClosedRange<Int>) -> Int) -> Duration {
            PlanEstimate.duration(
                calls: byReport.reduce(0) { $0 + rounds($1.rounds) }, alone: 0,
                longestRow: byReport.map { rounds($0.rounds) }.max() ?? 0, service: .creator,
                limits, latency)
        }
        return max(crm, creator(\.lowerBound))...max(crm, creator(\.upperBound))
    }

    /// - Parameters:
    ///   - alone: Calls that leave alone.
    ///   - longestRow: Calls that must follow each other.
    private static func duration(
        calls: Int, alone: Int, longestRow: Int, service: Service, _ limits: RunLimits,
        _ latency: Duration
    ) -> Duration {
        guard calls > 0 else { return .zero }
        let alone = min(alone, calls)
        let concurrency = max(limits.concurrency[service] ?? 1, 1)
        let turns = max(alone + (calls - alone + concurrency - 1) / concurrency, longestRow)
        let byLatency = Duration.nanoseconds(product(turns, latency.nanoseconds))
        guard let perMinute = limits.callsPerMinute[service], perMinute > 0 else {
            return byLatency
        }
        // The window lets a minute's calls leave at once: the last ones wait for the minutes before
        // theirs.
        return max(byLatency, .seconds(60 * ((calls - 1) / perMinute)) + latency)
    }

    private static func product(_ count: Int, _ nanoseconds: Int64) -> Int64 {
        let (product, overflowed) = Int64(count).multipliedReportingOverflow(by: nanoseconds)
        return overflowed ? .max : product
    }
}
