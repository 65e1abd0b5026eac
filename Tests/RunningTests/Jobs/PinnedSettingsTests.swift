import Execution
import JobModel
import Journaling
import ManifestReading
import Running
import Testing
import ZohoAPI

/// Every pinned setting with a value different from the run's.
@Suite(.timeLimit(.minutes(20))) struct PinnedSettingsTests {
    struct Pin: Sendable, CustomTestStringConvertible {
        var name: String
        var pinned: String
        var given: String
        var change: @Sendable (inout JobRequest) -> Void
        var testDescription: String { name }

        init(
            _ name: String, _ pinned: String, _ given: String,
            _ change: @escaping @Sendable (inout JobRequest) -> Void
        ) {
            (self.name, self.pinned, self.given, self.change) = (name, pinned, given, change)
        }
    }

    private static let pins: [Pin] = [
        Pin("columns", "[]", #"[["carry=Mobile"]]"#) {
            $0.manifest.columns = entries(["carry=Mobile"])
        },
        Pin("defaults", "[]", #"[["module","Leads"]]"#) {
            $0.manifest.defaults = [.init(.module, "Leads")]
        },
        Pin("allowed-pairs", "[]", #"[["Courses","Students"]]"#) { request in
            guard let module = APIName("Courses"), let list = APIName("Students") else { return }
            request.manifest.allowedPairs = [.init(module: module, relatedList: list)]
        },
        Pin("skip-invalid", "no", "yes") { $0.manifest.skipsInvalid = true },
        Pin("record-deleted", "halt", "warn") { $0.run.recordDeleted = .warn },
        Pin("pivot", "auto", "as-written") { $0.manifest.pivot = .asWritten },
        Pin("command", "run", "discover") { $0.manifest.command = .discover },
        Pin("allow-delete-all", "no", "yes") { $0.manifest.allowsDeleteAll = true },
        Pin("crm-version", "v2", "v8") { $0.run.profile.crmVersion = "v8" },
        Pin("ids-per-call", "10", "9") { $0.run.profile.idsPerCall = 9 },
        Pin("url-bytes", "2200", "2199") { $0.run.profile.maximumTargetByteCount = 2_199 },
        Pin("attachments-in-bulk", "no", "yes") { $0.run.profile.sendsAttachmentsInBulk = true },
        Pin("deleted-records-version", "v8", "v7") { $0.run.profile.deletedRecordsVersion = "v7" },
        Pin("creator-pin", "no", "yes") { $0.run.usesExplicitIDs = true },
        Pin("api-domain", "https://www.zohoapis.eu", "https://www.zohoapis.com") {
            $0.run.target.apiDomain = "https://www.zohoapis.com"
        },
        Pin("creator-url", "https://creator.eu", "https://creator.com") {
            $0.run.target.creatorURL = "https://creator.com"
        },
        Pin("accounts-host", "accounts.zoho.eu", "accounts.zoho.com") {
            $0.run.target.accountsHost = "accounts.zoho.com"
        },
        Pin("client", "00112233aabbccdd", "ffeeddcc99887766") {
            $0.run.target.clientHash = "ffeeddcc99887766"
        },
        Pin("organisation", "60001", "60002") { $0.run.target.organisation = "60002" },
    ]

    /// The initial settings of the runs below.
    private static let begin: @Sendable (inout JobRequest) -> Void = { request in
        request.run.target.creatorURL = "https://creator.eu"
        request.run.target.accountsHost = "accounts.zoho.eu"
        request.run.target.clientHash = "00112233aabbccdd"
        request.run.target.organisation = "60001"
    }

    private func paused() async throws -> (world: TestJob, service: FakeService, run: RunResult) {
        let world = try TestJob(parents: 2, itemsEach: 3)
        let stops = StopRequests()
        let service = FakeService(links: world.links) { _, _ in
            stops.request()
            return .answers
        }
        let report = try await world.run(service, stops: stops, Self.begin)
        #expect(report.ending.exit == .paused)
        return (world, service, report)
    }

    @Test(arguments: pins)
    func `another value at a later start is refused with both, and nothing is sent`(pin: Pin)
        async throws
    {
        let (world, service, _) = try await paused()
        let sent = service.requestCount
        do {
            _ = try await world.run(service) {
                Self.begin(&$0)
                pin.change(&$0)
            }
            Issue.record("it was resumed")
        } catch let error as RunningError {
            #expect(error.exit == .configuration, "\(error.text)")
            #expect(
                error.kind
                    == .pinnedSettings([
                        PinnedDifference(name: pin.name, pinned: pin.pinned, given: pin.given)
                    ]))
            #expect(error.text.contains("\"\(pin.pinned)\""))
            #expect(error.text.contains("\"\(pin.given)\""))
        }
        #expect(service.requestCount == sent)
    }

    @Test func `a simulated organisation takes no run of a real one`() async throws {
        let (world, service, run) = try await paused()
        let sent = service.requestCount
        do {
            _ = try await world.resume(run.directory.path, service) {
                $0.run.target.isSimulated = true
            }
            Issue.record("it was resumed")
        } catch let error as RunningError {
            guard case .pinnedSettings(let differences) = error.kind else {
                Issue.record("another refusal: \(error.text)")
                return
            }
            #expect(
                differences.contains(
                    PinnedDifference(name: "sandbox", pinned: "no", given: "yes")))
        }
        #expect(service.requestCount == sent)
    }

    @Test func `the same values resume the run, and unknown ones are not compared`() async throws {
        let (world, _, _) = try await paused()
        let service = FakeService(links: world.links)
        let report = try await world.run(service) {
            Self.begin(&$0)
            $0.run.target.clientHash = ""
            $0.run.target.organisation = ""
        }
        #expect(report.ending.exit == .done)
    }

    @Test(arguments: [false, true])
    func `what reads the manifest comes back from the journal as it was`(isSet: Bool) throws {
        let courses = try #require(APIName("Courses"))
        let people = try #require(APIName("People"))
        let contacts = try #require(APIName("Contacts"))
        var manifest = ManifestSettings()
        manifest.format = .csv
        manifest.columns = entries(["record_id=Campaign Id", "carry=Mobile"])
        manifest.defaults = [.init(.module, "Courses")]
        manifest.allowedPairs = [
            .init(module: courses, relatedList: people, childModule: contacts),
            .init(module: courses, relatedList: contacts),
        ]
        manifest.skipsInvalid = isSet
        manifest.pivot = isSet ? .asWritten : .auto
        manifest.command = isSet ? .discover : .run
        manifest.allowsDeleteAll = isSet
        if isSet {
            manifest.discovery = DiscoverySettings(
                outputPath: "/tmp/found.csv", form: .update, replaces: true)
        }
        let run = RunSettings(
            target: PinnedTarget(apiDomain: ""), tool: "",
            tokens: StaticAccessToken(secret: "", host: ""),
            transport: FakeService(links: []).factory)
        let header = RunHeader(
            run: "r", job: "j", tool: "", startedAt: "", user: "", host: "", invocation: "",
            source: "", manifestFormat: "csv", manifestDigest: "", manifestByteCount: 0,
            pinned: PinnedSettings.values(manifest: manifest, run: run))
        #expect(try PinnedSettings.manifestSettings(of: header) == manifest)
    }

    @Test func `every pinned setting has a case here`() {
        let all = PinnedSettings.values(
            manifest: ManifestSettings(),
            run: RunSettings(
                target: PinnedTarget(apiDomain: ""), tool: "",
                tokens: StaticAccessToken(secret: "", host: ""),
                transport: FakeService(links: []).factory)
        ).map(\.name)
        let keptOnly = ["discover-output", "discover-as", "discover-force"]
        #expect(all.sorted() == (Self.pins.map(\.name) + keptOnly + ["sandbox"]).sorted())
    }
}
