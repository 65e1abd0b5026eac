internal import JobModel
internal import Reporting
internal import Running
internal import SystemCalls

/// Confirmation before a run changes its target.
struct Consent {
    private let context: CommandContext
    private let isSimulated: Bool
    private let target: String

    init(_ context: CommandContext, isSimulated: Bool, target: String) {
        self.context = context
        self.isSimulated = isSimulated
        self.target = target
    }

    /// The simulator and `--yes` are consent; on a terminal the user is asked, with the plan on the
    /// screen. Anything else is not consent.
    func ask(_ summary: PlanSummary) -> Bool {
        if isSimulated || context.settings[\.runs.yes] { return true }
        // If standard input is the manifest, it cannot answer.
        guard ProcessFacts.isTerminal(0), ProcessFacts.isTerminal(2),
            context.source != .standardInput
        else { return false }
        let text = PlanText(summary, limits: context.settings.limits)
        let path = context.operand
        let question = Consent.question(summary, target: target)
        let lines = text.lines(path: path, width: context.width)
        let shown = (lines + ["", question]).map { SafeText.harmless($0) }
        StandardStream.error.write(shown.joined(separator: "\n"))
        return readLine(limit: 100) == "yes"
    }

    /// The prompt below the plan.
    static func question(_ summary: PlanSummary, target: String) -> String {
        let organisation =
            switch summary.organisation {
            case .known(let organisation): ", organisation \(organisation)"
            case .withheld(let why), .unanswered(let why), .throttled(let why):
                " (which organisation that is could not be read: \(why))"
            case nil: ""
            }
        return "This changes \(target)\(organisation): "
            + "\(NumberText.counted(summary.itemsToSend, "item")) in "
            + "\(NumberText.counted(summary.calls, "call")). Type yes to go on: "
    }

    /// A trimmed line of standard input; empty at its end.
    private func readLine(limit: Int) -> String {
        let input = OpenFile.standardInput()
        var bytes: [UInt8] = []
        do throws(SystemError) {
            while bytes.count < limit {
                var byte: UInt8 = 0
                let count = try withUnsafeMutableBytes(of: &byte) { (buffer) throws(SystemError) in
                    try input.read(into: buffer)
                }
                if count == 0 || byte == UInt8(ascii: "\n") { break }
                bytes.append(byte)
            }
        } catch {
            // An unreadable answer is a no.
            return ""
        }
        return String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self).lowercased()
    }
}
