internal import JobModel

extension Arguments {
    /// Options that a command which a message suggests needs as this one did: it must find the same
    /// state, with the same settings. Ready for a shell, each with a blank before it.
    package var suggestedOptions: String {
        [SettingRow.at(\.output.configuration), .at(\.runs.state)].compactMap { row in
            guard let option = row.option, let value = values(of: row).last else { return nil }
            return " \(option.spelling) \(ShellWord.quoted(value))"
        }.joined()
    }
}
