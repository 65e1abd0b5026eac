import Dispatch
import Foundation
import TestSupport
import Testing

/// The real binary, as a process.
struct Program {
    struct Ended: Sendable {
        var status: Int32
        /// Terminated by a signal, whose number is `status`.
        var isSignalled: Bool
        var output: String
        var errors: String

        /// The last line of the output as a JSON object.
        var summary: [String: Any] {
            let line = output.split(separator: "\n").last ?? ""
            let value = try? JSONSerialization.jsonObject(with: Data(line.utf8))
            return value as? [String: Any] ?? [:]
        }

        func number(_ key: String) -> Int? { (summary[key] as? NSNumber)?.intValue }
        func text(_ key: String) -> String? { summary[key] as? String }
    }

    /// The built binary is in the test bundle's directory.
    static let executable: URL = {
        var folder = Bundle.main.bundleURL
        if folder.pathExtension == "xctest" { folder.deleteLastPathComponent() }
        return folder.appending(path: "relsweep")
    }()

    private let process = Process()
    private let output: URL
    private let errors: URL
    private let ended: AsyncStream<Void>

    /// Starts the binary. Output goes to files, so that no pipe can fill up.
    init(
        _ arguments: [String], in folder: URL, environment: [String: String] = [:],
        input: URL? = nil, through wrapper: [String] = [], executable: URL = Program.executable
    ) throws {
        let name = UUID().uuidString
        output = folder.appending(path: "\(name).out")
        errors = folder.appending(path: "\(name).err")
        for file in [output, errors] {
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        }
        let command = wrapper + [executable.path] + arguments
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = folder
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "TZ": "UTC"]
            .merging(environment) { $1 }
        let handles = [
            try FileHandle(forWritingTo: output), try FileHandle(forWritingTo: errors),
        ]
        process.standardOutput = handles[0]
        process.standardError = handles[1]
        let reading = try input.map { try FileHandle(forReadingFrom: $0) }
        process.standardInput = reading ?? FileHandle.nullDevice
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        ended = stream
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        // Closed early: `Process` fails with hundreds of open files.
        for handle in handles { try handle.close() }
        try reading?.close()
    }

    func send(signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    var processID: Int32 { process.processIdentifier }

    var isRunning: Bool { process.isRunning }

    var outputSoFar: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

    var errorsSoFar: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// Waits for termination without blocking a thread; after the deadline the process is killed
    /// and the
    func end(within seconds: Int = 600) async -> Ended {
        let process = process
        let deadline = DispatchSource.makeTimerSource()
        deadline.schedule(deadline: .now() + .seconds(seconds))
        deadline.setEventHandler {
            // It may have ended long ago, while this test waited for a thread.
            guard process.isRunning else { return }
            Issue.record("the program did not end within \(seconds) s")
            kill(process.processIdentifier, SIGKILL)
        }
        deadline.activate()
        for await _ in ended {}
        deadline.cancel()
        return Ended(
            status: process.terminationStatus,
            isSignalled: process.terminationReason == .uncaughtSignal, output: outputSoFar,
            errors: (try? String(contentsOf: errors, encoding: .utf8)) ?? "")
    }

    /// Runs the binary to its end.
    static func run(
        _ arguments: [String], in folder: URL, environment: [String: String] = [:],
        input: URL? = nil,
        through wrapper: [String] = [], executable: URL = Program.executable,
        within seconds: Int = 600
    ) async throws -> Ended {
        try await Program(
            arguments, in: folder, environment: environment, input: input, through: wrapper,
            executable: executable
        ).end(within: seconds)
    }
}

extension Program {
    /// Sends a signal as soon as a condition holds. A test that awaited the condition itself would
    /// react much later on a busy machine.
    func send(
        signal: Int32, once condition: @escaping @Sendable () -> Bool
    ) async -> Bool {
        await eventually {
            guard condition() else { return false }
            self.send(signal: signal)
            return true
        }
    }
}
