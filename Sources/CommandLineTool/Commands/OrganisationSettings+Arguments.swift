internal import JobModel
internal import SandboxAPI

extension OrganisationSettings {
    /// `--latency`, `--faults`, `--style`, `--seed` and `--token`.
    init(_ context: CommandContext) throws(ToolFailure) {
        self.init()
        let reader = OptionReader(context)
        if case .duration(let latency)? = try reader.value(
            .latency, .duration(.zero...Duration.seconds(600)))
        {
            latencyNanoseconds = latency.nanoseconds
        }
        if case .integer(let number)? = try reader.value(.seed, .integer(0...Int.max)) {
            seed = UInt64(number)
        }
        let styles = RefusalStyle.allCases.map(\.rawValue)
        if case .text(let word)? = try reader.value(.style, .choice(styles)) {
            style = RefusalStyle(rawValue: word) ?? style
        }
        token = context.arguments.value(of: .token)
        if let text = context.arguments.value(of: .faults) {
            do throws(FaultPlanError) {
                faults = try FaultPlan(parsing: text)
            } catch {
                throw .argument(
                    .badValue(
                        .refused(reason: "\(error)"), option: .faults),
                    context.command)
            }
        }
    }
}

/// Reads options that are no settings.
struct OptionReader {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func value(_ option: OptionName, _ shape: ValueShape) throws(ToolFailure) -> SettingValue? {
        guard let text = context.arguments.value(of: option) else { return nil }
        do throws(ValueError) {
            return try shape.parse(text)
        } catch {
            throw .argument(.badValue(error, option: option), context.command)
        }
    }
}
