package import JobModel
import Planning
import ZohoAPI

/// What a plan comes to: calls, credits and time, for people to judge before anything is sent.
package struct PlanEstimate: Equatable, Sendable {
    /// One kind of calls.
    package struct Kind: Equatable, Sendable {
        package var kind: RelationKind
        package var end: CallEnd
        /// Distinct parents that its calls are made at.
        package var parents: Int
        package var items: Int
        package var calls: Int
    }

    /// In the order in which they are sent.
    package var byKind: [Kind]
    package var items: Int
    package var calls: Int
    /// Calls if every row were called from the end it names.
    package var callsAsWritten: Int
    /// Proven: whatever ends are chosen, no fewer calls carry the items.
    package var lowerBound: Int
    /// Credits that the calls cost at least and at most: 1 a delink (the base price); an update is
    /// 1 to 10 credits for 100 items, since no document says whether it is priced by the call or by
    /// 10 records.
    package var credits: ClosedRange<Int>

    /// - Parameters:
    ///   - plan: The calls of all of `items`.
    ///   - idsPerCall: As the plan was made with.
    package init(of plan: CallPlan, items: WorkItems, idsPerCall: Int) {
        var byKind = plan.kinds.map {
            Kind(kind: $0.kind, end: $0.end, parents: 0, items: 0, calls: 0)
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
        self.byKind = byKind
        self.items = plan.itemCount
        calls = plan.callCount
        callsAsWritten = plan.callCount
        lowerBound = CallLowerBound.calls(for: items, idsPerCall: idsPerCall)
        self.credits = credits.least...credits.most
    }

    /// Records that one credit pays for where a service prices by records (insert, update: API
    /// limits page).
    private static let recordsPerCredit = 10

    /// The time the calls take if each is answered after `latency`: whichever is slower of the
    /// calls in flight and the calls a minute, plus the first call of every kind, which goes alone.
    ///
    /// Sample values: 1,000 calls, 5 in flight, 400 ms, no limit a minute: 80 s; at 60 a minute: 16
    /// min 40 s. Waits that the service imposes (429), retries and refusals come on top.
    package func duration(
        concurrency: Int, latency: Duration, callsPerMinute: Int?
    ) -> Duration {
        guard calls > 0 else { return .zero }
        let alone = byKind.count
        let rest = max(0, calls - alone)
        let rounds = alone + (rest + max(concurrency, 1) - 1) / max(concurrency, 1)
        let byLatency = Duration.nanoseconds(PlanEstimate.product(rounds, latency.nanoseconds))
        guard let callsPerMinute, callsPerMinute > 0 else { return byLatency }
        // The window lets a minute's calls leave at once: the last ones wait for the minutes before
        // theirs.
        let fullMinutes = (calls - 1) / callsPerMinute
        return max(byLatency, .seconds(60 * fullMinutes) + latency)
    }

    /// The most that the calls take of a day's credits, in percent; nil when those are not known.
    package func percent(ofDailyCredits dailyCredits: Int?) -> Double? {
        guard let dailyCredits, dailyCredits > 0 else { return nil }
        return 100 * Double(credits.upperBound) / Double(dailyCredits)
    }

    private static func product(_ count: Int, _ nanoseconds: Int64) -> Int64 {
        let (product, overflowed) = Int64(count).multipliedReportingOverflow(by: nanoseconds)
        return overflowed ? .max : product
    }
}
