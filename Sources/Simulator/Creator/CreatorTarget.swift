/// A parsed URL of a Creator call:
/// `/creator/v2.1/data/{owner}/{app}/report/{report}[/{id}]`,
/// or with the base of older pages, `/api/v2.1/{owner}/{app}/report/{report}[/{id}]`.
struct CreatorTarget: Equatable {
    var owner: String
    var application: String
    var report: String
    /// The segment after the report, if any.
    var recordID: String?
    var parameters: FormText

    /// Nil if the URL does not have that shape. A slash at the end is accepted: one of Zoho's
    /// samples has it.
    init?(_ request: HTTPRequest) {
        let target = request.head[request.target]
        let mark = target.firstIndex(of: 0x3F)
        var path = target[..<(mark ?? target.endIndex)].dropFirst()
        if path.last == 0x2F { path.removeLast() }
        guard let parameters = FormText(mark.map { target[($0 + 1)...] } ?? []) else { return nil }
        var segments: [String] = []
        for segment in path.split(separator: 0x2F, omittingEmptySubsequences: false) {
            guard let decoded = FormText.percentDecoded(segment), !decoded.isEmpty else {
                return nil
            }
            segments.append(String(decoding: decoded, as: UTF8.self))
        }
        if segments.starts(with: ["creator", "v2.1", "data"]) {
            segments.removeFirst(3)
        } else if segments.starts(with: ["api", "v2.1"]) || segments.starts(with: ["api", "v2"]) {
            segments.removeFirst(2)
        } else {
            return nil
        }
        guard segments.count == 4 || segments.count == 5, segments[2] == "report" else {
            return nil
        }
        owner = segments[0]
        application = segments[1]
        report = segments[3]
        recordID = segments.count == 5 ? segments[4] : nil
        self.parameters = parameters
    }
}
