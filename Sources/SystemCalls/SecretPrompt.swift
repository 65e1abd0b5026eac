import Glibc

/// Prompts for a secret on the terminal without echo.
package enum SecretPrompt {
    /// Control-C and control-D, as bytes.
    private static let cancel: [UInt8] = [0x03, 0x04]

    /// One line without its end; nil if cancelled.
    ///
    /// Keyboard signals are disabled meanwhile: a process killed by one would leave the terminal
    /// without echo.
    package static func ask(_ question: String, maximumByteCount: Int) throws(SystemError)
        -> [UInt8]?
    {
        var before = termios()
        try checked("tcgetattr") { tcgetattr(STDIN_FILENO, &before) }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG | ICANON)
        StandardStream.error.write(question)
        try checked("tcsetattr") { tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) }
        defer {
            _ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            StandardStream.error.write("\n")
        }
        var line: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = try checked("read") { Glibc.read(STDIN_FILENO, &byte, 1) }
            if count == 0 || cancel.contains(byte) { return nil }
            if byte == 0x0A || byte == 0x0D { return line }
            if byte == 0x7F || byte == 0x08 {
                _ = line.popLast()
            } else if line.count < maximumByteCount {
                line.append(byte)
            }
        }
    }
}
