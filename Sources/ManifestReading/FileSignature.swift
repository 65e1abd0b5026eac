/// What a file's first bytes say of it: text, with or without a byte order mark, or something that
/// people hand over by mistake.
enum FileSignature: Equatable {
    case text(markByteCount: Int)
    /// No manifest; with the words for it.
    case foreign(String)

    /// Bytes that are needed to tell, if the file has so many.
    static let byteCount = 4

    init(_ start: [UInt8]) {
        if start.starts(with: [0xEF, 0xBB, 0xBF]) {
            self = .text(markByteCount: 3)
        } else if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            self = .foreign("the file is UTF-16: save it as UTF-8")
        } else if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            self = .foreign("the file is a ZIP archive or an Excel workbook: export it as CSV")
        } else if start.starts(with: [0x1F, 0x8B]) {
            self = .foreign("the file is compressed with gzip: unpack it first")
        } else {
            self = .text(markByteCount: 0)
        }
    }
}
