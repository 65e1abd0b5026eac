import JobModel
import Testing
import ZohoAPI

@Suite(.timeLimit(.minutes(20)))
struct CreatorRequestTests {
    static func job(
        criteria: String = #"Single_Line == "Single Line of Text""#, owner: String = "jason18",
        app: String = "zylker-store", report: String = "All_Orders", skipsWorkflow: Bool = true,
        environment: CreatorEnvironment = .production, demoUser: String? = nil
    ) -> CreatorJob {
        CreatorJob(
            row: 1, owner: owner, app: app, report: report, criteria: criteria,
            skipsWorkflow: skipsWorkflow, environment: environment, demoUser: demoUser)
    }

    private func body(_ content: RoundContent) -> String {
        String(decoding: APIRequest(for: content).body, as: UTF8.self)
    }

    @Test func `a round is Zoho's sample`() {
        let request = APIRequest(for: RoundContent(job: Self.job()))
        #expect(request.service == .creator)
        #expect(request.method == .delete)
        #expect(
            request.target
                == "/creator/v2.1/data/jason18/zylker-store/report/All_Orders"
                + "?process_until_limit=true")
        #expect(request.headers == [])
        #expect(request.needsFreshConnection)
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"criteria":"Single_Line == \"Single Line of Text\"","#
                + #""skip_workflow":["form_workflow"],"result":{"message":true,"tasks":true}}"#)
    }

    @Test func `workflows run unless the row says otherwise`() {
        #expect(!body(RoundContent(job: Self.job(skipsWorkflow: false))).contains("skip_workflow"))
    }

    @Test(
        arguments: [
            (CreatorEnvironment.production, nil, []),
            (.development, nil, [HTTPHeader("environment", "development")]),
            (
                .stage, "demouser_1",
                [HTTPHeader("environment", "stage"), HTTPHeader("demo_user_name", "demouser_1")]
            ),
        ] as [(CreatorEnvironment, String?, [HTTPHeader])])
    func `headers name the environment, except for production`(
        environment: CreatorEnvironment, user: String?, headers: [HTTPHeader]
    ) {
        let job = Self.job(environment: environment, demoUser: user)
        #expect(APIRequest(for: RoundContent(job: job)).headers == headers)
        #expect(APIRequest(for: ListingContent(job: job)).headers == headers)
    }

    @Test func `undeletable records are excluded, and pinned ones named`() {
        let job = Self.job(criteria: #"A=="1" || B=="2""#)
        let excluded = RoundContent(job: job, excluded: [3_000_000_013_011, 5])
        #expect(
            body(excluded).hasPrefix(
                #"{"criteria":"(A==\"1\" || B==\"2\") && ID!=3000000013011 && ID!=5","#))
        let pinned = RoundContent(job: job, excluded: [5], explicitIDs: [7, 9])
        #expect(
            body(pinned).hasPrefix(
                #"{"criteria":"(A==\"1\" || B==\"2\") && (ID==7 || ID==9)","#))
    }

    @Test func `a listing asks the same report for the same records`() {
        let request = APIRequest(
            for: ListingContent(job: Self.job(criteria: #"A=="é&x""#), excluded: [5]))
        #expect(request.method == .get)
        #expect(request.body == [])
        #expect(
            request.target
                == "/creator/v2.1/data/jason18/zylker-store/report/All_Orders?max_records=200"
                + "&criteria=%28A%3D%3D%22%C3%A9%26x%22%29%20%26%26%20ID%21%3D5")
    }

    @Test func `names are one encoded segment each`() {
        let job = Self.job(owner: "a b?#%", app: "ünï", report: "..x")
        #expect(
            APIRequest(for: RoundContent(job: job)).target
                == "/creator/v2.1/data/a%20b%3F%23%25/%C3%BCn%C3%AF/report/..x"
                + "?process_until_limit=true")
        var profile = ServiceProfile()
        profile.creatorPath = "/api/v2"
        #expect(
            APIRequest(for: RoundContent(job: Self.job()), profile: profile).target
                == "/api/v2/jason18/zylker-store/report/All_Orders?process_until_limit=true")
    }

    @Test(arguments: ["", ".", "..", "a/b", "a\\b", "a\nb", " a", "a ", "\u{7F}"])
    func `a name that is no segment is refused, and ends the process if it gets through`(
        name: String
    ) {
        #expect(CreatorName.fault(in: name) != nil)
    }

    @Test func `a name has at most 256 bytes, and a demo user visible ones`() {
        #expect(CreatorName.fault(in: String(repeating: "a", count: 256)) == nil)
        #expect(CreatorName.fault(in: String(repeating: "a", count: 257)) != nil)
        #expect(CreatorName.isUsableUser("demouser_1"))
        #expect(!CreatorName.isUsableUser(""))
        #expect(!CreatorName.isUsableUser("a\r\nX: y"))
        #expect(!CreatorName.isUsableUser("a b"))
        #expect(CreatorName.isUsableUser("!~"))
        #expect(!CreatorName.isUsableUser("a\u{7F}"))
    }

    @Test func `what planning refuses ends the process`() async {
        await #expect(processExitsWith: .failure) {
            _ = APIRequest(for: RoundContent(job: CreatorRequestTests.job(app: "..")))
        }
        await #expect(processExitsWith: .failure) {
            _ = APIRequest(
                for: RoundContent(job: CreatorRequestTests.job(criteria: "A==1) || (B==2")))
        }
        await #expect(processExitsWith: .failure) {
            _ = APIRequest(for: RoundContent(job: CreatorRequestTests.job(), explicitIDs: []))
        }
        await #expect(processExitsWith: .failure) {
            _ = APIRequest(
                for: RoundContent(job: CreatorRequestTests.job(), explicitIDs: Array(1...201)))
        }
        await #expect(processExitsWith: .failure) {
            _ = APIRequest(
                for: RoundContent(job: CreatorRequestTests.job(), excluded: Array(1...201)))
        }
        await #expect(processExitsWith: .failure) {
            _ = APIRequest(for: RoundContent(job: CreatorRequestTests.job(), explicitIDs: [1, 1]))
        }
        await #expect(processExitsWith: .failure) {
            var profile = ServiceProfile()
            profile.creatorPath = "/data/"
            _ = APIRequest(for: RoundContent(job: CreatorRequestTests.job()), profile: profile)
        }
    }

    @Test func `two hundred of each are possible`() {
        let ids = (0..<200).map { UInt64.max - $0 }
        #expect(body(RoundContent(job: Self.job(), explicitIDs: ids)).contains("ID==\(UInt64.max)"))
        #expect(body(RoundContent(job: Self.job(), excluded: ids)).contains("&& ID!=\(ids[199])"))
    }
}

@Suite(.timeLimit(.minutes(20)))
struct DeletedPageRequestTests {
    static func content(page: Int = 1, fields: String = "Owner,Parent_Id") -> PageContent {
        let kind = AnswerSamples.kind(.discoverDeleted, module: "Leads", list: "Campaigns")
        return PageContent(
            parent: DeletedParent(
                row: 1, module: kind.module, id: 2_423_488_000_000_552_938,
                relatedList: kind.relatedList, fields: fields), page: page)
    }

    @Test func `a page is Zoho's sample with its number`() {
        #expect(
            APIRequest(for: Self.content(page: 3))
                == APIRequest(
                    service: .crm, method: .get,
                    target: "/crm/v8/Leads/deleted/2423488000000552938/Campaigns"
                        + "?fields=Owner,Parent_Id&page=3&per_page=200"))
    }

    @Test(arguments: [
        ("id", true), ("Owner,Parent_Id", true), ("$member_info", true), ("Owner.name", true),
        ("", false), (",", false), ("a,", false), ("a, b", false), ("a&per_page=1", false),
        ("a%2Cb", false), ("1a", false), ("$", false), ("é", false), ("a..b", false),
        (String(repeating: "a,", count: 49) + "a", true),
        (String(repeating: "a,", count: 50) + "a", false),
    ])
    func `fields are API names with commas between them`(fields: String, isUsable: Bool) {
        #expect((DeletedPageRequest.fault(inFields: fields) == nil) == isUsable)
    }

    @Test func `page 0 and odd fields end the process`() async {
        await #expect(processExitsWith: .failure) {
            _ = APIRequest(for: DeletedPageRequestTests.content(page: 0))
        }
        await #expect(processExitsWith: .failure) {
            _ = APIRequest(for: DeletedPageRequestTests.content(fields: "a&b"))
        }
    }
}
