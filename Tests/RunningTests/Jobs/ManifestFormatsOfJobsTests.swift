import Execution
import JobModel
import Journaling
import ManifestReading
import Running
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ManifestFormatsOfJobsTests {
    static let forms: [(name: String, text: String)] = [
        (
            "a.json",
            #"{"defaults":{"operation":"delink","module":"Campaigns","related_list":"Leads"},"#
                + #""items":[{"record_id":"1001","related_id":"2001"},"#
                + #"{"record_id":"1001","related_id":"2002"}]}"#
        ),
        (
            "a.jsonl",
            #"{"operation":"delink","module":"Campaigns","record_id":"1001","#
                + #""related_list":"Leads","related_id":"2001"}"# + "\n"
                + #"{"operation":"delink","module":"Campaigns","record_id":"1001","#
                + #""related_list":"Leads","related_id":"2002"}"# + "\n"
        ),
        (
            "a.csv",
            "Campaign Id,related_id\n1001,2001\n1001,2002\n"
        ),
    ]

    @Test func `every format runs, with defaults of the manifest, the flags and mapped columns`()
        async throws
    {
        for form in Self.forms {
            let world = try TestJob(parents: 1, itemsEach: 1)
            let path = try world.temporary.write(form.text, to: form.name)
            let service = FakeService(links: ["1001/2001", "1001/2002", "1001/2003"])
            let stops = StopRequests()
            func change(_ request: inout JobRequest) {
                request.source = .file(path)
                guard form.name == "a.csv" else { return }
                request.manifest.columns = entries(["record_id=Campaign Id"])
                request.manifest.defaults = [
                    .init(.operation, "delink"),
                    .init(.module, "Campaigns"),
                    .init(.relatedList, "Leads"),
                ]
            }
            let report = try await world.run(service, stops: stops, change)
            #expect(report.ending.exit == .done)
            #expect(report.ending.progress.counts[.removed] == 2)
            #expect(service.links == ["1001/2003"])
            #expect(report.header.manifestFormat == String(form.name.dropFirst(2)))
        }
    }

    @Test func `what the flags said at the start is pinned, and resume needs none of it`()
        async throws
    {
        let form = Self.forms[2]
        let world = try TestJob(parents: 1, itemsEach: 1)
        let path = try world.temporary.write(form.text, to: form.name)
        let refusing = FakeService(links: ["1001/2001", "1001/2002"]) { _, _ in
            .says(
                status: 401,
                #"{"code":"INVALID_TOKEN","details":{},"message":"","status":"error"}"#)
        }
        func change(_ request: inout JobRequest) {
            request.source = .file(path)
            request.manifest.columns = entries(["record_id=Campaign Id"])
            request.manifest.defaults = [
                .init(.operation, "delink"),
                .init(.module, "Campaigns"),
                .init(.relatedList, "Leads"),
            ]
        }
        let paused = try await world.run(refusing, change)
        #expect(paused.ending.exit == .credentials)
        let service = FakeService(links: ["1001/2001", "1001/2002"])
        #expect(
            await TestJob.exit {
                _ = try await world.run(service) {
                    change(&$0)
                    $0.manifest.skipsInvalid = true
                }
            } == 78)
        let finished = try await world.resume(paused.directory.path, service)
        #expect(finished.ending.exit == .done)
        #expect(service.links.isEmpty)
    }
}
