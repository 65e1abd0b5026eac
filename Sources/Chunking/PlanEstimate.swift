package import JobModel
import Planning
package import ZohoAPI

/// An estimate of a plan: calls, credits and time.
package struct PlanEstimate: Equatable, Sendable {
    /// One kind of calls.
    package struct Kind: Equatable, Sendable {
        /// For deleted parents: operation, module and related list of the rows.
        package var kind: RelationKind
        package var direction: CallDirection
        /// Distinct parents of its calls.
        package var parents: Int
        package var items: Int
        /// For deleted parents a minimum: at least one page each.
        package var calls: Int
    }

    /// The jobs on one data of one Creator report.
    package struct Report: Equatable, Sendable {
        package var owner: String
        package var app: String
        package var report: String
        /// `production` needs a prominent warning.
        package var environment: CreatorEnvironment
        /// Rows; each has its own criteria expression.
        package var items: Int
        /// Minimum: one per row. Maximum: `max_records` / 200, and one round that finds nothing
        /// left.
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
    /// Maximum calls, without retries and splits; nil if pages are read, because their number is
    /// unknown.
    package var callsAtMost: Int?
    /// `calls` with every row in its written direction.
    package var callsAsWritten: Int
    /// Lower bound: no choice of directions needs fewer calls.
    package var lowerBound: Int
    /// Minimum and maximum CRM credits: 1 per delink, attachment or page (the base price). An
    /// update of up to 100 costs "1 to 10 credits", because Zoho does not say whether it is charged
    /// per call or per 10 records.
    package var credits: ClosedRange<Int>
    /// CRM calls; the rest are Creator calls, which have their own daily limit and no credits.
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
            // Calls of one parent are adjacent.
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

    /// Records per credit where the price depends on records (insert and update on Zoho's API
    /// limits page).
    private static let recordsPerCredit = 10

    private static func kinds(of parents: [DeletedParent]) -> [Kind] {
        var kinds: [Kind] = []
        // Lookups only; never iterated.
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
        // Lookups only; never iterated.
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
    /// Minimum and maximum duration if each call takes `latency`. Services run in parallel, each
    /// within its own limits.
    ///
    /// Per service, the slower of the concurrency limit and the rate limit applies. Each kind's
    /// first call is sent alone, and rounds of one report are serial. Further pages, 429 pauses,
    /// retries and refusals are not included.
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
    ///   - alone: Calls that are sent alone.
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
        // The window allows a burst of one minute's calls; only later calls wait.
        return max(byLatency, .seconds(60 * ((calls - 1) / perMinute)) + latency)
    }

    private static func product(_ count: Int, _ nanoseconds: Int64) -> Int64 {
        let (product, overflowed) = Int64(count).multipliedReportingOverflow(by: nanoseconds)
        return overflowed ? .max : product
    }
}
