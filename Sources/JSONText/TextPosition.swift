/// A position in a text: line, column and byte offset.
///
/// Lines end with LF (so CRLF ends one line, not two). A byte order mark at the very start is not
/// counted as a column, because no editor shows it.
package struct TextPosition: Hashable, Sendable {
    /// The line, counted from 1.
    package var line: Int
    /// The column, counted from 1, in bytes.
    package var column: Int
    /// The byte, counted from 0, the byte order mark included.
    package var offset: Int

    /// Creates a position.
    package init(line: Int = 1, column: Int = 1, offset: Int = 0) {
        self.line = line
        self.column = column
        self.offset = offset
    }
}

extension TextPosition: CustomStringConvertible {
    /// `line:column`, the form of every diagnostic.
    package var description: String { "\(line):\(column)" }
}

/// Converts ascending byte offsets to positions in one pass.
struct LineCursor {
    private var line: Int
    /// Offset of the line's column 1; negative if the text begins within a line.
    private var columnOrigin: Int
    private var counted = 0
    private let baseOffset: Int

    /// - Parameters:
    ///   - start: the position of the text's first byte in the text that it was cut from.
    ///   - markLength: the bytes of a byte order mark, which have no column.
    init(start: TextPosition, markLength: Int) {
        line = start.line
        columnOrigin = markLength - (start.column - 1)
        baseOffset = start.offset
    }

    /// The position of a byte; offsets must not fall from one call to the next.
    mutating func position(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> TextPosition {
        precondition(
            offset >= counted,
            "the position of byte \(offset) was requested after that of byte \(counted)")
        while counted < offset {
            if bytes[counted] == ASCII.lineFeed {
                line += 1
                columnOrigin = counted + 1
            }
            counted += 1
        }
        return TextPosition(
            line: line, column: max(1, offset - columnOrigin + 1), offset: baseOffset + offset)
    }
}
