package import SystemCalls

/// All settings of a simulator: the organisation's behaviour and the server's.
package struct SimulatorSettings: Sendable {
    /// The port on 127.0.0.1; 0 takes any free one.
    package var port: UInt16 = 0
    /// How the organisation behaves: style, token, seed, faults, latency, limits, rights.
    package var organisation = OrganisationSettings()
    /// The limits of the server itself.
    package var server = HTTPServerLimits()

    /// The defaults: any port, any token, no latency, no faults, v2 style, ten calls at once.
    package init() {}
}

/// The simulated organisation as a server on this machine's loopback.
///
///     var world = World(.exact)
///     try world.addRelation(module: "Campaigns", id: 1, list: "Leads", relatedID: 2)
///     let simulator = SimulatorServer(SimulatorSettings(), world: world)
///     let address = try simulator.start()
///     // … calls to address …
///     simulator.stop()
///     simulator.ledger().seededRemaining
///
/// All functions may be called from any thread, but not from a handler of the server itself. A
/// server that was started exists until `stop()`.
package final class SimulatorServer: Sendable {
    /// The settings, with the wall-clock time filled in.
    package let settings: SimulatorSettings
    private let server: HTTPServer

    /// A simulator in which `world` exists; it does not listen yet.
    package init(_ settings: SimulatorSettings, world: consuming World = World(.universal)) {
        var settings = settings
        if settings.organisation.epochMilliseconds == 0 {
            let time = WallClock.now()
            settings.organisation.epochMilliseconds =
                time.seconds * 1_000 + Int64(time.nanoseconds) / 1_000_000
                - MonotonicClock.now() / 1_000_000
        }
        self.settings = settings
        server = HTTPServer(
            Organisation(settings.organisation, world: world), limits: settings.server)
    }

    /// Listens, once.
    ///
    /// - Returns: the address, such as `http://127.0.0.1:40123`.
    /// - Throws: when the port is taken or there is no descriptor left.
    package func start() throws(SystemError) -> String {
        "http://127.0.0.1:\(try server.start(port: settings.port))"
    }

    /// Replaces the world and clears the history, but keeps issued tokens: for a simulator that
    /// must listen before its content is known. No call may be in progress.
    package func fill(_ world: consuming World) {
        server.replaceOrganisation(Organisation(settings.organisation, world: world))
    }

    /// Advances the organisation's time, so that tokens expire, lockouts end and limits reset.
    /// Answers in progress are unaffected.
    package func passTime(_ nanoseconds: Int64) {
        server.passTime(nanoseconds)
    }

    /// Sends the answers that wait for their time, now. Used to do something while calls
    /// are in flight, however long that takes.
    package func sendWaitingAnswers() {
        server.sendWaitingAnswers()
    }

    /// Closes everything. Delayed answers are not sent; their effects remain.
    package func stop() {
        server.stop()
    }

    /// What really happened so far, also after `stop()`.
    ///
    /// Cheap, but the next effect copies the world once.
    package func ledger() -> Ledger {
        server.ledger()
    }
}
