internal import JobModel

/// Text of the user's between quotes, safe for a terminal, cut to 100 bytes.
struct Quoted: CustomStringConvertible {
    private let text: String

    init(_ text: String) { self.text = text }

    var description: String { "\"\(SafeText.sanitised(text, maximumByteCount: 100))\"" }
}
