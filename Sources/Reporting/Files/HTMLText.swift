internal import JobModel

/// Text within HTML.
package enum HTMLText {
    /// Escaped for content and quoted attributes, without control characters.
    package static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in SafeText.sanitised(text, maximumByteCount: 4_000).unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
