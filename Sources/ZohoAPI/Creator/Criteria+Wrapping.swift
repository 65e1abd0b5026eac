import JobModel

extension Criteria {
    /// The criteria that is sent: `(criteria) && ID!=a && ID!=b`, or `(criteria) && (ID==c ||
    /// ID==d)`.
    ///
    /// The criteria itself is never rewritten. Where ids are pinned nothing need be excluded: the
    /// listing that found them left the excluded ones out.
    ///
    /// Traps on a criteria whose shape has faults (a stray parenthesis would change what the
    /// wrapping means), on ids that are 0 or doubled, on none to pin, and on more than a round can
    /// take.
    package static func wrapped(
        _ criteria: String, excluding excluded: [UInt64], explicitIDs: [UInt64]?
    ) -> String {
        precondition(
            check(criteria).isEmpty, "broken belief: planning checked the criteria's shape")
        let ids = explicitIDs ?? excluded
        precondition(
            !ids.contains(0) && Set(ids).count == ids.count,
            "broken belief: the ids of a criteria are ids, and none stands twice")
        guard let explicitIDs else {
            precondition(
                excluded.count <= CreatorJob.maximumExcluded,
                "broken belief: a job with too many undeletable records has failed")
            if excluded.isEmpty { return criteria }
            return "(\(criteria))" + excluded.map { " && ID!=\($0)" }.joined()
        }
        precondition(
            (1...CreatorJob.recordsPerRound).contains(explicitIDs.count),
            "broken belief: a pinned round names 1 to 200 records")
        return "(\(criteria)) && (" + explicitIDs.map { "ID==\($0)" }.joined(separator: " || ")
            + ")"
    }
}
