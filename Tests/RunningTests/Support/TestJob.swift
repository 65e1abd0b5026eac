import Foundation
import JobModel
import ManifestReading
import Running
import SystemCalls
import TestSupport
import ZohoAPI

/// What `--column` says.
func entries(_ arguments: [String]) -> [ColumnMap.Entry] {
    arguments.compactMap { try? ColumnMap.Entry($0) }
}

/// A test fixture: a manifest, a state directory, and the relations to remove.
final class TestJob: Sendable {
    let temporary: TemporaryDirectory
    let manifest: String
    let links: [String]

    /// - Parameters:
    ///   - parents: Campaigns 1001…, each with `itemsEach` leads.
    init(parents: Int = 4, itemsEach: Int = 30) throws {
        temporary = try TemporaryDirectory()
        var text = "operation,module,record_id,related_list,related_id\n"
        var links: [String] = []
        for parent in 0..<parents {
            for item in 0..<itemsEach {
                let (record, related) = (
                    1_000_000 + parent * 7_919, 2_000_003 + item * 104_729 + parent
                )
                text += "delink,Campaigns,\(record),Leads,\(related)\n"
                links.append("\(record)/\(related)")
            }
        }
        self.links = links
        manifest = try temporary.write(text, to: "nightly.csv")
    }

    var state: String { temporary.path + "/state" }

    func settings(
        _ service: FakeService, _ change: (inout RunSettings) -> Void = { _ in }
    ) -> RunSettings {
        var settings = RunSettings(
            target: PinnedTarget(apiDomain: "https://www.zohoapis.eu"), tool: "relsweep test",
            tokens: StaticAccessToken(secret: "secret", host: "www.zohoapis.eu"),
            transport: service.factory)
        settings.profile.idsPerCall = 10
        settings.limits.firstBackoff = .milliseconds(1)
        settings.limits.maximumBackoff = .milliseconds(5)
        settings.limits.throttlePause = .milliseconds(1)
        settings.limits.maximumThrottlePause = .milliseconds(2)
        change(&settings)
        return settings
    }

    func request(
        _ service: FakeService, _ change: (inout JobRequest) -> Void = { _ in }
    ) -> JobRequest {
        var request = JobRequest(
            source: .file(manifest), stateRoot: state, run: settings(service))
        change(&request)
        return request
    }

    /// Runs the job on a thread of its own.
    func run(
        _ service: FakeService, stops: StopRequests = StopRequests(),
        observer: RecordingObserver = RecordingObserver(), consent: Bool = true,
        _ change: (inout JobRequest) -> Void = { _ in }
    ) async throws -> RunResult {
        let request = request(service, change)
        return try await onThreadOfItsOwn {
            try JobRunner(stops: stops).run(
                request, consent: { _ in consent }, observer: observer)
        }
    }

    func resume(
        _ path: String, _ service: FakeService, stops: StopRequests = StopRequests(),
        observer: RecordingObserver = RecordingObserver(),
        _ change: (inout ResumeRequest) -> Void = { _ in }
    ) async throws -> RunResult {
        var request = ResumeRequest(path: path, run: settings(service))
        change(&request)
        return try await onThreadOfItsOwn { [request] in
            try JobRunner(stops: stops).resume(request, observer: observer)
        }
    }

    /// The exit status of what a body throws; nil when it returns.
    static func exit(_ body: () async throws -> Void) async -> Int32? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? RunningError)?.exit.rawValue ?? -1
        }
    }

    /// The job's run directories.
    func runDirectories() throws -> [String] {
        try StateDirectory(root: state).jobs().flatMap { job in
            try FileSystem.list(job.path).filter { $0 != "lock" }.map { job.path + "/" + $0 }
        }
    }
}
