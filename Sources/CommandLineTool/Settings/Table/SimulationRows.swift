internal import JobModel
package import Simulator

/// The simulated service, of a command or by itself.
package struct SimulationRows: SettingGroup, Sendable {
    let title = "Simulation"

    package let isUsed = Setting(
        nil, .flag, default: false, option: "--simulate", commands: [.run, .discover],
        help: "use the simulated Zoho service; nothing leaves this machine")
    package let port = Setting(
        nil, .integer(0...65_535), option: "--port N", commands: [.simulator],
        help: "port on 127.0.0.1 (default: any free port)")
    package let manifest = Setting(
        nil, .path, option: "--manifest FILE", commands: [.simulator],
        help: "fill the simulated organisation from a manifest")
    package let latency = Setting(
        nil, .time(.zero...Duration.seconds(600)), option: "--latency TIME",
        commands: .simulating, help: "response time of the simulated service")
    package let faults = Setting(
        nil, .faultPlan, default: .none, option: "--faults PLAN", commands: .simulating,
        help: "faults to inject into the simulated service, such as 429:5%,reset-after:2%")
    package let style = Setting(
        nil, .choice, default: AnswerStyle.v2, option: "--style STYLE", commands: .simulating,
        help: "answers of the simulated CRM")
    package let token = Setting(
        nil, .text, option: "--token TEXT", commands: [.simulator],
        help: "access token that the simulated service requires")
    package let seed = Setting(
        nil, .integer(0...Int.max), option: "--seed N", commands: .simulating,
        help: "seed of the simulated service's random numbers")
}

extension SettingType where Value == FaultPlan {
    static var faultPlan: Self {
        Self("a plan of faults", text: { _ in nil }) { (text) throws(ValueError) in
            do throws(FaultPlanError) {
                return try FaultPlan(parsing: text)
            } catch {
                throw .refused(reason: "\(error)")
            }
        }
    }
}
