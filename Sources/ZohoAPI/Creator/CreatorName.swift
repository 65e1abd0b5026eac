/// Names in Creator's URLs: the account owner's, and the link names of applications and reports.
///
/// Zoho documents no grammar, so any text that is safe as one percent-encoded path segment is
/// accepted.
package enum CreatorName {
    /// Maximum bytes, as for all names in a manifest.
    package static let maximumByteCount = 256

    /// Why a text is not a valid name (lower case, no full stop); nil if it is.
    ///
    /// A slash would change the path for a server that decodes first; `.` and `..` for a client
    /// that normalises paths.
    package static func fault(in text: String) -> String? {
        if text.isEmpty { return "the name is empty" }
        if text.utf8.count > maximumByteCount {
            return "the name has \(text.utf8.count) bytes, at most \(maximumByteCount) are possible"
        }
        if text == "." || text == ".." {
            return "the name is \"\(text)\", which means a folder in a URL"
        }
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return "the name has a control character"
        }
        if text.utf8.contains(UInt8(ascii: "/")) || text.utf8.contains(UInt8(ascii: "\\")) {
            return "the name has a slash; give the link name alone, not a part of a URL"
        }
        if text.utf8.first == 0x20 || text.utf8.last == 0x20 {
            return "the name begins or ends with a space"
        }
        return nil
    }

    /// Whether a text can be the value of the header field `demo_user_name`: visible ASCII, no
    /// space.
    package static func isUsableUser(_ text: String) -> Bool {
        (1...maximumByteCount).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
