import Foundation

/// Calls per second and CPU a call, through the whole program, against the simulator as a process
/// of its own; in the same run, `wrk` with as many connections against the same server.
struct CallBenchmark {
    var latencyMilliseconds: Int
    var concurrency: Int
    var calls: Int
    var repetitions: Int

    func run() throws {
        let scratch = try Scratch()
        let manifest = "\(scratch.path)/calls.csv"
        try writeManifest(to: manifest)
        print(
            "\nlatency \(latencyMilliseconds) ms, concurrency \(concurrency), \(calls) calls of 100 ids"
        )
        var rates: [Double] = []
        var peerRates: [Double] = []
        var processor: [Double] = []
        var peaks: [Double] = []
        for repetition in 0..<repetitions {
            let server = try SimulatorProcess(latencyMilliseconds: latencyMilliseconds)
            if Command.exists("wrk") { peerRates.append(try wrk(server, repetition, scratch.path)) }
            let measured = try Command.run(
                [
                    Command.relsweep, "run", manifest, "--yes", "--quiet", "--json", "--state",
                    "\(scratch.path)/state-\(repetition)", "--concurrency", "\(concurrency)",
                ],
                environment: [
                    "RELSWEEP_API_DOMAIN": server.address, "RELSWEEP_ACCESS_TOKEN": "benchmark",
                ])
            guard measured.output.contains("\"removed\":\(calls * 100)") else {
                throw BenchmarkError.unexpected("not everything was removed: \(measured.output)")
            }
            rates.append(Double(calls) / measured.wallSeconds)
            processor.append(measured.cpuSeconds / Double(calls) * 1_000)
            peaks.append(measured.peakMegabytes)
            server.stop()
        }
        print("  relsweep  \(rates.shown(0)) calls/s, start, plan and reports included")
        print("            \(processor.shown(3)) ms CPU a call, \(peaks.shown(1)) MB at most")
        guard !peerRates.isEmpty else {
            print("  wrk is not here: no ratio")
            return
        }
        let ratios = zip(rates, peerRates).map { $0 / $1 }
        print("  wrk -c\(concurrency)   \(peerRates.shown(0)) calls/s")
        print("  ratio     \(ratios.shown(3)) relsweep / wrk, pair by pair")
    }

    private func writeManifest(to path: String) throws {
        var text = "operation,module,record_id,related_list,related_id\n"
        for call in 0..<calls {
            for item in 0..<100 {
                text +=
                    "delink,Campaigns,\(3_652_397_000_000_327_001 + call * 13),Leads,"
                    + "\(3_652_397_000_001_000_003 + (call * 100 + item) * 7)\n"
            }
        }
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// The same requests from a bare keep-alive client: every call another campaign.
    private func wrk(_ server: SimulatorProcess, _ repetition: Int, _ folder: String) throws
        -> Double
    {
        let script = """
            local ids = {}
            for i = 0, 99 do ids[i + 1] = tostring(600000000000000000 + i) .. "7" end
            local query = "/Leads?ids=" .. table.concat(ids, ",")
            local headers = { ["Authorization"] = "Zoho-oauthtoken benchmark" }
            local call = \(repetition) * 1000000000
            request = function()
                call = call + 1
                return wrk.format("DELETE", "/crm/v2/Campaigns/" .. (70000000000000 + call) .. query, headers)
            end
            """
        let path = "\(folder)/calls.lua"
        try script.write(toFile: path, atomically: false, encoding: .utf8)
        let seconds = latencyMilliseconds == 0 ? 3 : 6
        let measured = try Command.run([
            "wrk", "-t1", "-c\(concurrency)", "-d\(seconds)s", "-s", path, server.address,
        ])
        guard
            let line = measured.output.split(separator: "\n").first(where: {
                $0.contains("Requests/sec")
            }),
            let rate = line.split(separator: " ").last.flatMap({ Double($0) })
        else { throw BenchmarkError.unexpected("wrk said: \(measured.output)") }
        return rate
    }
}

/// `relsweep simulator` in a process of its own: every supported relation exists until removed.
final class SimulatorProcess {
    let address: String
    private let process = Process()

    init(latencyMilliseconds: Int) throws {
        process.executableURL = URL(filePath: Command.relsweep)
        process.arguments = [
            "simulator", "--port", "0", "--latency", "\(latencyMilliseconds)ms", "--style", "v8",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while let byte = try pipe.fileHandleForReading.read(upToCount: 1), byte.first != 0x0A {
            line.append(byte)
        }
        let text = String(decoding: line, as: UTF8.self)
        guard let found = text.range(of: #"http://127\.0\.0\.1:\d+"#, options: .regularExpression)
        else {
            throw BenchmarkError.unexpected("the simulator said: \(text)")
        }
        address = String(text[found])
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
