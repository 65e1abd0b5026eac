import JobModel

extension ServiceURL {
    /// The target of a Creator round.
    ///
    ///     /creator/v2.1/data/jason18/zylker-store/report/All_Orders?process_until_limit=true
    package static func target(of content: RoundContent, profile: ServiceProfile = .init())
        -> String
    {
        let text = reportPath(of: content.job, profile: profile) + "?process_until_limit=true"
        checkReport(text, isRound: true, profile: profile)
        return text
    }

    /// The target of a listing before a pinned round.
    package static func target(of content: ListingContent, profile: ServiceProfile = .init())
        -> String
    {
        let criteria = Criteria.wrapped(
            content.job.criteria, excluding: content.excluded, explicitIDs: nil)
        let text =
            reportPath(of: content.job, profile: profile)
            + "?max_records=\(CreatorJob.recordsPerRound)&criteria=" + percentEncoded(criteria)
        checkReport(text, isRound: false, profile: profile)
        return text
    }

    private static func reportPath(of job: CreatorJob, profile: ServiceProfile) -> String {
        for name in [job.owner, job.app, job.report] {
            precondition(
                CreatorName.fault(in: name) == nil, "broken belief: planning checked the names")
        }
        return profile.creatorPath + "/" + percentEncoded(job.owner) + "/" + percentEncoded(job.app)
            + "/report/" + percentEncoded(job.report)
    }

    /// A text as one segment of a path, or one value of a query or form: all but letters, digits
    /// and `-._~` encoded.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes = [UInt8]()
        bytes.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// The second reading: after the base, exactly owner, application, `report` and report. A
    /// segment more would be the id of one record, `DELETE …/report/{report}/{record}`.
    private static func checkReport(_ text: String, isRound: Bool, profile: ServiceProfile) {
        let base = Array(profile.creatorPath.utf8)
        let bytes = Array(text.utf8)
        precondition(
            bytes.starts(with: base) && base.last != UInt8(ascii: "/"),
            "broken belief: the Creator path is a path without a slash at its end")
        let rest = bytes.dropFirst(base.count)
        let path = rest.prefix { $0 != UInt8(ascii: "?") }
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let areNamed = segments.dropFirst().allSatisfy { segment in
            !segment.isEmpty && segment.allSatisfy { isUnreserved($0) || $0 == UInt8(ascii: "%") }
                && !segment.elementsEqual(".".utf8) && !segment.elementsEqual("..".utf8)
        }
        precondition(
            segments.count == 5 && segments[0].isEmpty && areNamed
                && segments[3].elementsEqual("report".utf8),
            "broken belief: a Creator target has an owner, an application and a report")
        let query = rest.dropFirst(path.count)
        precondition(
            isRound
                ? query.elementsEqual("?process_until_limit=true".utf8)
                : query.starts(with: "?max_records=200&criteria=".utf8),
            "broken belief: a round asks for 200 records, a listing names its criteria")
    }
}
