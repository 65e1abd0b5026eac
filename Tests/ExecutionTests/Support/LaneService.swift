import Execution
import Foundation
import JobModel
import ZohoAPI

/// The reports and deleted parents of a random world: the service's content, effects and answers.
struct LaneService {
    /// One Creator row's records. Rows have disjoint records, also where they share a report.
    struct Pool {
        let job: CreatorJob
        /// Records that match and are there, in the order in which rounds take them.
        var left: [UInt64]
        let undeletable: Set<UInt64>
        /// Actually deleted, by any attempt.
        var deleted: Set<UInt64> = []
    }

    /// What a request asks for.
    enum Ask {
        case round(row: UInt32, excluded: [UInt64], explicitIDs: [UInt64]?)
        case listing(row: UInt32, excluded: [UInt64])
        case page(parent: UInt64, page: Int)
    }

    private(set) var pools: [UInt32: Pool] = [:]
    let jobs: [CreatorJob]
    let parents: [DeletedParent]
    let childrenOfParent: [UInt64: [UInt64]]
    let recordsPerRound: Int
    private let saysMoreRecords: Bool
    private let pageSize: Int
    /// Children repeated on the next page, as when records change meanwhile.
    private let overlap: Int

    init(firstRow: UInt32, _ random: inout RandomGenerator) {
        var row = firstRow
        var id: UInt64 = 9_000_000
        saysMoreRecords = Int.random(in: 0..<4, using: &random) > 0
        // A service that says so may take fewer than 200: the pools are small.
        recordsPerRound =
            saysMoreRecords
            ? Int.random(in: 1...6, using: &random) : CreatorJob.recordsPerRound
        pageSize = Int.random(in: 2...5, using: &random)
        overlap = Int.random(in: 0..<3, using: &random) == 0 ? 1 : 0
        let share = [0, 20, 100][Int.random(in: 0...2, using: &random)]
        var jobs: [CreatorJob] = []
        for _ in 0..<max(0, Int.random(in: -2...4, using: &random)) {
            let count = Int.random(in: 0...15, using: &random)
            let records = (0..<count).map { id + UInt64($0) }
            id += UInt64(count)
            let job = CreatorJob(
                row: row, owner: "o", app: "a",
                report: "r\(Int.random(in: 0...1, using: &random))", criteria: "Batch == \(row)",
                environment: .production,
                maximumRecords: [100, 200, 206, 450, 700, 10_000].randomElement(using: &random)
                    ?? 0)
            pools[row] = Pool(
                job: job, left: records,
                undeletable: Set(
                    records.filter { _ in Int.random(in: 0..<100, using: &random) < share }))
            jobs.append(job)
            row += 1
        }
        self.jobs = jobs
        var parents: [DeletedParent] = []
        var children: [UInt64: [UInt64]] = [:]
        let names = [APIName("Campaigns"), APIName("Leads"), APIName("Notes")].compactMap { $0 }
        for _ in 0..<max(0, Int.random(in: -2...5, using: &random)) {
            let list = names[Int.random(in: 1...2, using: &random)]
            let parent = DeletedParent(
                row: row, module: names[0], id: 70_000 + UInt64(row), relatedList: list,
                fields: "id")
            children[parent.id] = (0..<Int.random(in: 0...13, using: &random)).map {
                id + UInt64($0)
            }
            id += 13
            parents.append(parent)
            row += 1
        }
        self.parents = parents
        childrenOfParent = children
    }

    // MARK: Asking

    static func ask(of request: APIRequest) -> Ask? {
        if request.target.contains("/deleted/") {
            let segments = request.target.split(separator: "/")
            let page = request.target.split(separator: "&").first { $0.hasPrefix("page=") }
            guard let parent = UInt64(segments[4]), let page, let number = Int(page.dropFirst(5))
            else { return nil }
            return .page(parent: parent, page: number)
        }
        guard request.target.contains("/report/") else { return nil }
        let text =
            request.method == .get
            ? request.target.removingPercentEncoding ?? "" : String(bytes: request.body) ?? ""
        guard let row = numbers(after: "Batch == ", in: text).first else { return nil }
        let excluded = numbers(after: "ID!=", in: text)
        let explicitIDs = numbers(after: "ID==", in: text)
        if request.method == .get { return .listing(row: UInt32(row), excluded: excluded) }
        return .round(
            row: UInt32(row), excluded: excluded,
            explicitIDs: explicitIDs.isEmpty ? nil : explicitIDs)
    }

    private static func numbers(after word: String, in text: String) -> [UInt64] {
        text.components(separatedBy: word).dropFirst().compactMap {
            UInt64($0.prefix { $0.isNumber })
        }
    }

    // MARK: Doing

    /// The actual effect of a request; none for those that only read.
    ///
    /// - Returns: the records that it removed, in order, and whether there are more.
    @discardableResult
    mutating func perform(_ ask: Ask) -> (taken: [UInt64], hasMore: Bool) {
        guard case .round(let row, let excluded, let explicitIDs) = ask, let pool = pools[row]
        else {
            return ([], false)
        }
        let matching = pool.left.filter {
            !excluded.contains($0) && (explicitIDs?.contains($0) ?? true)
        }
        let taken = Array(matching.prefix(recordsPerRound))
        let gone = taken.filter { !pool.undeletable.contains($0) }
        pools[row]?.deleted.formUnion(gone)
        pools[row]?.left.removeAll { gone.contains($0) }
        return (taken, matching.count > taken.count)
    }

    /// The answer to a request that was performed.
    ///
    /// - Parameter damagesOne: an element of the answer can't be read.
    mutating func answer(_ ask: Ask, damagesOne: Bool) -> (status: Int, body: String) {
        switch ask {
        case .round(let row, _, _):
            let (taken, hasMore) = perform(ask)
            if taken.isEmpty { return nothing }
            let more = saysMoreRecords ? #","more_records":\#(hasMore)"# : ""
            let elements = taken.enumerated().map { index, id in
                if damagesOne, index == 0 { return #"{"code":3000,"data":{}}"# }
                return pools[row]?.undeletable.contains(id) == true
                    ? #"{"code":3001,"data":{"ID":"\#(id)"},"error":["Failed to Delete Data."]}"#
                    : #"{"code":3000,"data":{"ID":"\#(id)"},"message":"Record Deleted"}"#
            }
            return (200, #"{"result":[\#(elements.joined(separator: ","))],"code":3000\#(more)}"#)
        case .listing(let row, let excluded):
            let matching = (pools[row]?.left ?? []).filter { !excluded.contains($0) }
            if matching.isEmpty { return nothing }
            let records = matching.map { #"{"ID":"\#($0)"}"# }
            return (200, #"{"code":3000,"data":[\#(records.joined(separator: ","))]}"#)
        case .page(let parent, let page): return answer(page: page, of: parent)
        }
    }

    private let nothing = (status: 404, body: #"{"code":3100,"description":"No records found."}"#)

    private func answer(page: Int, of parent: UInt64) -> (status: Int, body: String) {
        let children = childrenOfParent[parent] ?? []
        let end = min(page * pageSize, children.count)
        let start = max(0, min((page - 1) * pageSize - overlap, children.count))
        if children.isEmpty || start >= end { return (204, "") }
        let data = children[start..<end].map { #"{"id":"\#($0)"}"# }.joined(separator: ",")
        let info = #"{"page":\#(page),"per_page":200,"more_records":\#(end < children.count)}"#
        return (200, #"{"data":[\#(data)],"info":\#(info)}"#)
    }
}

extension String {
    fileprivate init?(bytes: [UInt8]) { self.init(bytes: bytes, encoding: .utf8) }
}
