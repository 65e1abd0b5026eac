internal import JobModel

extension Arguments {
    /// Options that a command which a message suggests needs as this one did: it must find the same
    /// state, with the same settings. Ready for a shell, each with a blank before it.
    package var suggestedOptions: String {
        [OptionName.config, .state].compactMap { option in
            value(of: option).map { " \(option.spelling) \(ShellWord.quoted($0))" }
        }.joined()
    }
}
