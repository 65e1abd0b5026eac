import JobModel
import Journaling
import ZohoAPI

extension JobRunner {
    /// Reads which organisation the run changes, where it has calls for the CRM, and tells what
    /// could not be read.
    ///
    /// - Parameter pinned: What the journal pins; empty for a new run, or where it could not be
    ///   read then.
    /// - Throws: `accountsUnreachable` (69) when a run with a pinned organisation gets no clear
    ///   answer: it may be another one now. `throttledTokens` (75) when the service takes no calls.
    func readOrganisation(
        _ context: inout JobContext, of items: WorkItems, pinned: String = ""
    ) throws(RunningError) {
        guard let reader = context.settings.organisation,
            !items.groups.isEmpty || !items.deletedParents.isEmpty
        else { return }
        var sent: [Int64] = []
        let clock = context.clock
        let reading = reader.read { sent.append(clock.wallMilliseconds()) }
        context.questionsAtMilliseconds += sent
        context.organisation = reading
        let then = pinned.isEmpty ? "" : ", and was \(pinned) when the run began"
        switch reading {
        case .known(let organisation): context.settings.target.organisation = organisation.id
        case .withheld(let why):
            context.observer.noted(
                "the organisation could not be read\(then): \(why); whether a later start reaches "
                    + "the same one is not checked")
        case .unanswered(let why), .throttled(let why):
            guard pinned.isEmpty else {
                // Out of calls is a pause: a start that is tried again soon would cost a call more.
                let isThrottled = reading == .throttled(why)
                throw RunningError(
                    isThrottled ? .throttledTokens : .accountsUnreachable,
                    "the organisation could not be read\(then): \(why); nothing was sent, start "
                        + "again later")
            }
            context.observer.noted(
                "the organisation could not be read: \(why); whether a later start reaches the "
                    + "same one is not checked")
        }
    }
}
