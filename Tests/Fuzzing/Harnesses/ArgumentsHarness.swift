import CommandLineTool

/// Arguments separated by line feeds: a valid command line round-trips, an invalid one is refused
/// with a displayable message.
enum ArgumentsHarness {
    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        let words = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        switch parsed(words) {
        case .success(let arguments):
            try checkMeant(arguments, words)
            try checkWritten(arguments)
        case .failure(let error): try TextInvariants.checkHarmless(error.message)
        }
    }

    /// Nothing is inferred that was not given, above all `--yes`.
    private static func checkMeant(
        _ arguments: Arguments, _ words: [String]
    ) throws(BrokenInvariant) {
        guard case .command(let command) = arguments.request else { return }
        for option in arguments.options {
            try require(command.options.contains(option.row), "\(command) takes \(option)")
            guard let syntax = option.row.option else { continue }
            // By bytes: a combining mark may merge with the character before it.
            try require(
                words.contains { word in
                    word.utf8.starts(with: syntax.spelling.utf8)
                        || word.utf8.starts(with: "-o".utf8)
                }, "\(option) is not in \(words)")
            try require(
                syntax.placeholder == nil ? option.value.isEmpty : !option.value.isEmpty,
                "\(option) has the value of another kind of option")
        }
        if let operand = arguments.operand {
            try require(words.contains(operand), "\(operand) is not in \(words)")
        }
    }

    private static func checkWritten(_ arguments: Arguments) throws(BrokenInvariant) {
        guard case .command(let command) = arguments.request else { return }
        var words = [command.rawValue]
        for option in arguments.options {
            words.append(
                (option.row.option?.spelling ?? "")
                    + (option.value.isEmpty ? "" : "=" + option.value))
        }
        if let operand = arguments.operand { words += ["--", operand] }
        let again = parsed(words)
        try require(again == .success(arguments), "\(words) became \(again)")
    }

    private static func parsed(_ words: [String]) -> Result<Arguments, ArgumentError> {
        Result { () throws(ArgumentError) in try Arguments.parse(words) }
    }
}
