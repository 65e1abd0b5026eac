import Chunking
import JSONText
import JobModel
import ManifestReading
import Planning
import Simulator
import Testing
import ZohoAPI

/// A job of a few calls with its organisation, small enough to cut its journal at every byte.
/// Together the jobs cover every operation, every class of answer and each kind of fault.
struct ExhaustiveJob: Sendable, CustomTestStringConvertible {
    let name: String
    let manifest: [UInt8]
    let items: WorkItems
    let world: World
    let settings: OrganisationSettings
    let usesExplicitIDs: Bool

    var testDescription: String { name }

    var profile: ServiceProfile {
        var profile = ServiceProfile()
        profile.idsPerCall = 3
        return profile
    }

    private init(
        _ name: String, manifest: String, faults: String, usesExplicitIDs: Bool = false,
        seed: (inout World) throws -> Void
    ) throws {
        self.name = name
        self.manifest = Array(manifest.utf8)
        self.usesExplicitIDs = usesExplicitIDs
        var reader = ManifestReader(format: .csv)
        let blocks = reader.push(self.manifest) + reader.finish()
        let planner = Planner(
            settings: PlanningSettings(), columns: try #require(reader.columns))
        for block in blocks { planner.consume(block) }
        let result = planner.finish()
        try #require(!result.stopsRun, "\(result.diagnostics.kept)")
        items = result.items
        var world = World(.exact)
        try seed(&world)
        self.world = world
        var settings = OrganisationSettings()
        settings.style = .v8
        settings.token = ExhaustiveJob.token
        settings.faults = try FaultPlan(parsing: faults)
        self.settings = settings
    }

    static let token = "1000.small"

    /// Every job; made once.
    static let all: [ExhaustiveJob] = {
        do {
            return try [
                relations(), rounds(usesExplicitIDs: false), rounds(usesExplicitIDs: true), pages(),
            ]
        } catch {
            Issue.record("the jobs can't be made: \(error)")
            return []
        }
    }()

    /// Delinks of two campaigns, one relation of which is gone already and one record unknown;
    /// updates; an attachment; a call that is answered late, one that is refused, one cut off.
    private static func relations() throws -> ExhaustiveJob {
        let rows = [
            "delink,Campaigns,11,Leads,101,", "delink,Campaigns,11,Leads,102,",
            "delink,Campaigns,11,Leads,103,", "delink,Campaigns,12,Leads,104,",
            "update,Campaigns,13,Contacts,301,Planned", "update,Campaigns,13,Contacts,302,Planned",
            "delete-attachment,Leads,501,Attachments,601,",
        ]
        let header = "operation,module,record_id,related_list,related_id,field:Member_Status"
        return try ExhaustiveJob(
            "relations", manifest: ([header] + rows).joined(separator: "\n") + "\n",
            faults: "500-after@2,429@3,reset-after@4,missing-element@6,500@7"
        ) { world in
            for (campaign, lead) in [(11, 101), (11, 103), (12, 104)] as [(UInt64, UInt64)] {
                try world.addRelation(
                    module: "Campaigns", id: campaign, list: "Leads", relatedID: lead)
            }
            try world.addRelation(
                module: "Campaigns", id: 11, list: "Leads", relatedID: 199, bystander: true)
            try world.addRecord(module: "Leads", id: 102)
            try world.addRecord(module: "Campaigns", id: 13)
            try world.addRecord(module: "Contacts", id: 301)
            try world.addRecord(module: "Contacts", id: 302)
            try world.addAttachment(module: "Leads", id: 501, attachmentID: 601)
            try world.addAttachment(
                module: "Leads", id: 501, attachmentID: 699, bystander: true)
        }
    }

    /// A Creator report of three records that match, one of them not to be deleted.
    private static func rounds(usesExplicitIDs: Bool) throws -> ExhaustiveJob {
        let manifest = #"""
            operation,owner,app,report,criteria,environment,max_records
            delete-creator-records,zylker,desk,Orders,"Status == ""Closed""",stage,1000

            """#
        return try ExhaustiveJob(
            usesExplicitIDs ? "rounds that name their records" : "rounds", manifest: manifest,
            faults: usesExplicitIDs ? "reset-after@2" : "429@1,500-after@2",
            usesExplicitIDs: usesExplicitIDs
        ) { world in
            let records = (UInt64(1)...4).map { index in
                CreatorRecord(
                    id: 7_000 + index,
                    [(name: "Status", value: .string(index == 4 ? "Open" : "Closed"))],
                    isUndeletable: index == 2, isBystander: index == 4)
            }
            try world.addReport(
                CreatorReportName(.stage, owner: "zylker", application: "desk", report: "Orders"),
                records: records)
        }
    }

    /// A deleted campaign with leads, and one with none.
    private static func pages() throws -> ExhaustiveJob {
        let manifest = """
            operation,module,record_id,related_list
            discover-deleted,Campaigns,21,Leads
            discover-deleted,Campaigns,22,Leads

            """
        return try ExhaustiveJob("pages", manifest: manifest, faults: "reset@2,500@3") { world in
            try world.addDeletedParent(
                module: "Campaigns", id: 21, list: "Leads", children: [8_001, 8_002])
            try world.addDeletedParent(module: "Campaigns", id: 22, list: "Leads", children: [])
        }
    }

    /// The calls for what an earlier session has left.
    func calls(for open: WorkItems) -> CallPlan { Chunker(profile: profile).calls(for: open) }
}
