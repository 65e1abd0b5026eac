import Foundation

/// Resource usage of a finished child process.
struct Measurement {
    var wallSeconds: Double
    /// User and system time.
    var cpuSeconds: Double
    /// The largest resident set.
    var peakMegabytes: Double
    var status: Int32
    var output: String
}

enum BenchmarkError: Error, CustomStringConvertible {
    case failed(command: String, status: Int32, output: String)
    case unexpected(String)

    var description: String {
        switch self {
        case .failed(let command, let status, let output):
            "\(command) ended with \(status): \(output)"
        case .unexpected(let text): text
        }
    }
}

enum Command {
    /// The product is in this program's directory.
    static let relsweep =
        URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "relsweep").path

    /// Runs a command to completion and measures it. Standard error is inherited.
    static func measure(_ command: [String], environment: [String: String] = [:]) throws
        -> Measurement
    {
        let output = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        guard FileManager.default.createFile(atPath: output.path, contents: nil) else {
            throw BenchmarkError.unexpected("no room for \(output.path)")
        }
        defer { unlink(output.path) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var variables: [UnsafeMutablePointer<CChar>?] =
            merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var child: pid_t = 0
        let start = DispatchTime.now().uptimeNanoseconds
        guard posix_spawnp(&child, command[0], &actions, nil, &arguments, &variables) == 0 else {
            throw BenchmarkError.unexpected("cannot start \(command[0])")
        }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
        let wall = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        let cpu =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        return Measurement(
            wallSeconds: wall, cpuSeconds: cpu, peakMegabytes: Double(usage.ru_maxrss) / 1_024,
            status: (status & 0x7F) == 0 ? (status >> 8) & 0xFF : -(status & 0x7F),
            output: try String(contentsOf: output, encoding: .utf8))
    }

    /// Runs a command that must succeed.
    static func run(_ command: [String], environment: [String: String] = [:]) throws -> Measurement
    {
        let measurement = try measure(command, environment: environment)
        guard measurement.status == 0 else {
            throw BenchmarkError.failed(
                command: command.joined(separator: " "), status: measurement.status,
                output: measurement.output)
        }
        return measurement
    }

    static func exists(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
        }
    }
}

extension [Double] {
    var median: Double {
        let sorted = self.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// `median (minimum–maximum)`.
    func shown(_ digits: Int) -> String {
        let format = "%.\(digits)f"
        let low = String(format: format, self.min() ?? .nan)
        let high = String(format: format, self.max() ?? .nan)
        return "\(String(format: format, median)) (\(low)–\(high))"
    }
}

/// A temporary directory, removed with the value.
final class Scratch {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "relsweep-benchmark-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            print("left behind: \(path)")
        }
    }
}
