/// A bug of the harness's own, switched in to prove that bugs are found.
package enum Canary: String, CaseIterable, Sendable {
    /// Records are told durable when they have been written, before they are synchronised.
    case countsEarly = "counts-early"
    /// A request that was answered with success is sent a second time, as an HTTP library may that
    /// re-sends by itself.
    case resendsAfterSuccess = "resends-after-success"
    /// A resume forgets the journal's last record, although it was durable.
    case forgetsLastRecord = "forgets-last-record"
    /// A round that a killed process left without an answer is counted as nothing.
    case forgetsRounds = "forgets-rounds"
    /// A broken belief ends the process, as `preconditionFailure` does it.
    case traps
}
