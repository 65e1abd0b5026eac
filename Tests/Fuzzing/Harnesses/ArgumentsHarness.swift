import CommandLineTool

/// Words parted by line feeds: what is understood can be written out and means the same, and what
/// is not is refused in words that can be shown.
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

    /// Nothing is understood that nobody said: consent above all.
    private static func checkMeant(
        _ arguments: Arguments, _ words: [String]
    ) throws(BrokenInvariant) {
        guard case .command(let command) = arguments.request else { return }
        for option in arguments.options {
            try promise(command.options.contains(option.row), "\(command) takes \(option)")
            guard let syntax = option.row.option else { continue }
            // By bytes: a character may swallow what a mark combines with.
            try promise(
                words.contains { word in
                    word.utf8.starts(with: syntax.spelling.utf8)
                        || word.utf8.starts(with: "-o".utf8)
                }, "\(option) stands nowhere in \(words)")
            try promise(
                syntax.placeholder == nil ? option.value.isEmpty : !option.value.isEmpty,
                "\(option) has the value of another kind of option")
        }
        if let operand = arguments.operand {
            try promise(words.contains(operand), "\(operand) stands nowhere in \(words)")
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
        try promise(again == .success(arguments), "\(words) became \(again)")
    }

    private static func parsed(_ words: [String]) -> Result<Arguments, ArgumentError> {
        Result { () throws(ArgumentError) in try Arguments.parse(words) }
    }
}
