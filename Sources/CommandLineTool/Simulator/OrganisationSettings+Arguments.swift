internal import JobModel
internal import Simulator

extension OrganisationSettings {
    /// `--latency`, `--faults`, `--style`, `--seed` and `--token`.
    init(_ settings: Settings) {
        self.init()
        if let latency = settings[\.simulation.latency] { latencyNanoseconds = latency.nanoseconds }
        if let number = settings[\.simulation.seed] { seed = UInt64(number) }
        style = settings[\.simulation.style]
        token = settings[\.simulation.token]
        faults = settings[\.simulation.faults]
    }
}
