import CommandLineTool

/// Words parted by line feeds: what is understood can be written out and means the same, and what
/// is not is refused in words that can be shown. Values go through the shapes of all settings.
enum ArgumentsHarness {
    static func check(_ bytes: [UInt8]) throws(BrokenPromise) {
        let words = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        switch parsed(words) {
        case .success(let arguments): try checkWritten(arguments)
        case .failure(let error): try checkMessage(error.message)
        }
        for word in words.prefix(8) { try checkValue(word) }
    }

    private static func checkWritten(_ arguments: Arguments) throws(BrokenPromise) {
        guard case .command(let command) = arguments.request else { return }
        var words = [command.rawValue]
        for option in arguments.options {
            words.append(
                option.name.spelling + (option.value.isEmpty ? "" : "=" + option.value))
        }
        if let operand = arguments.operand { words += ["--", operand] }
        let again = parsed(words)
        try promise(again == .success(arguments), "\(words) became \(again)")
    }

    private static func parsed(_ words: [String]) -> Result<Arguments, ArgumentError> {
        Result { () throws(ArgumentError) in try Arguments.parse(words) }
    }

    private static func checkValue(_ word: String) throws(BrokenPromise) {
        for key in SettingKey.allCases {
            do throws(ValueError) {
                _ = try key.shape.parse(word)
            } catch {
                try checkMessage(error.message)
            }
        }
    }

    private static func checkMessage(_ message: String) throws(BrokenPromise) {
        for scalar in message.unicodeScalars where TextPromises.isHarmful(scalar) {
            throw BrokenPromise("U+\(scalar.value) in \(message.debugDescription)")
        }
    }
}
