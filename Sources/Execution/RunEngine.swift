package import JobModel

/// A run as a pure state machine: facts come in, imperatives go out, and every decision is made here.
package struct RunEngine: Sendable {
    package private(set) var progress = RunProgress()

    package init(_ setup: RunSetup) {
        progress.itemCount = setup.itemCount
    }

    /// Total: any event at any time is answered; late and doubled ones change nothing.
    package mutating func handle(_ event: RunEvent, at now: Moment) -> [RunAction] {
        []
    }
}
