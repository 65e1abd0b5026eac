import Foundation
import Testing

/// Characters that could control a terminal or spoof a line.
enum HostileText {
    /// Escape sequences of every kind, as hidden in a name: colours, the title, a link, the
    /// one-character CSI, bidirectional controls, delete, a line end.
    static let samples = [
        "\u{1B}[31m", "\u{1B}]0;title\u{7}", "\u{1B}]8;;http://evil.example\u{1B}\\", "\u{9B}2J",
        "\u{202E}", "\u{2066}", "\u{200B}", "\u{7F}", "\r", "\u{2028}", "\u{85}", "\u{8}",
    ]

    static var all: String { samples.joined(separator: "x") }

    /// The scalars of a text that must not reach a terminal, except line ends.
    static func harmful(in text: String) -> [String] {
        text.unicodeScalars.filter { scalar in
            switch scalar.value {
            case 0x0A: false
            case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E,
                0x2060...0x206F, 0xFEFF, 0xE0000...0xE007F:
                true
            default: false
            }
        }.map { String($0.value, radix: 16) }
    }
}

extension Program.Ended {
    /// The output contains nothing that controls a terminal.
    func expectHarmless(_ location: SourceLocation = #_sourceLocation) {
        #expect(
            HostileText.harmful(in: output).isEmpty, "\(output.debugDescription)",
            sourceLocation: location)
        #expect(
            HostileText.harmful(in: errors).isEmpty, "\(errors.debugDescription)",
            sourceLocation: location)
    }
}
