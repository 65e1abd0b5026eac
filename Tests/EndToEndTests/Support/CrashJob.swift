import Foundation
import JSONText
import Simulator

/// What the runs of a `CrashFixture` do.
enum CrashJob: CaseIterable, Sendable {
    /// Delinks: two calls of two items and one of one.
    case relations
    /// A Creator report of three records that match.
    case rounds
    /// `discover`: two deleted campaigns.
    case pages

    static let relationCount = 5

    /// Records of a slot begin here.
    private static func base(_ slot: Int) -> UInt64 {
        3_652_397_000_000_000_003 + UInt64(slot) * 1_000
    }

    static func relations(_ slot: Int) -> [(campaign: UInt64, lead: UInt64)] {
        [(1, 1), (1, 2), (2, 3), (2, 4), (3, 5)].map {
            (base(slot) + $0.0 * 100, base(slot) + $0.1)
        }
    }

    static func records(_ slot: Int) -> [UInt64] { (1...3).map { base(slot) + $0 } }

    static func report(_ slot: Int) -> String { "Orders_\(slot)" }

    /// A child and the deleted campaign that it was related to.
    static func children(_ slot: Int) -> [(child: UInt64, campaign: UInt64)] {
        [(1, 1), (2, 1), (3, 2)].map { (base(slot) + $0.0, base(slot) + $0.1 * 100) }
    }

    var flags: [String] {
        // A round in doubt delays the next one by a timeout.
        self == .rounds ? ["--timeout", "1s"] : []
    }

    func seed(_ world: inout World, _ slot: Int) throws {
        switch self {
        case .relations:
            for (campaign, lead) in CrashJob.relations(slot) {
                try world.addRelation(
                    module: "Campaigns", id: campaign, list: "Leads", relatedID: lead)
                try world.addRelation(
                    module: "Campaigns", id: campaign, list: "Leads", relatedID: lead + 50,
                    bystander: true)
            }
        case .rounds:
            let matching = CrashJob.records(slot)
            let records = (matching + [CrashJob.base(slot) + 50]).map { id in
                let isBystander = !matching.contains(id)
                return CreatorRecord(
                    id: id, [(name: "Status", value: .string(isBystander ? "Open" : "Closed"))],
                    isBystander: isBystander)
            }
            try world.addReport(
                CreatorReportName(
                    .stage, owner: "zylker", application: "desk", report: CrashJob.report(slot)),
                records: records)
        case .pages:
            for campaign in Set(CrashJob.children(slot).map(\.campaign)).sorted() {
                try world.addDeletedParent(
                    module: "Campaigns", id: campaign, list: "Leads",
                    children: CrashJob.children(slot).filter { $0.campaign == campaign }
                        .map(\.child))
            }
        }
    }

    func manifest(_ slot: Int) -> String {
        switch self {
        case .relations:
            return "operation,module,record_id,related_list,related_id\n"
                + CrashJob.relations(slot)
                .map { "delink,Campaigns,\($0.campaign),Leads,\($0.lead)\n" }.joined()
        case .rounds:
            return "operation,owner,app,report,criteria,environment,max_records\n"
                + #"delete-creator-records,zylker,desk,\#(CrashJob.report(slot)),"#
                + #""Status == ""Closed""",stage,1000"# + "\n"
        case .pages:
            return "operation,module,record_id,related_list\n"
                + Set(CrashJob.children(slot).map(\.campaign)).sorted()
                .map { "discover-deleted,Campaigns,\($0),Leads\n" }.joined()
        }
    }
}
