import Foundation

/// Rows per second through `relsweep plan`, as a whole process; in the same run, DuckDB doing the
/// grouping that the plan needs (rows by parent, in hundreds), where its Python module is
/// installed.
struct PlannerBenchmark {
    var rows: Int
    var parents: Int
    var repetitions: Int

    func run() throws {
        let scratch = try Scratch()
        let manifest = "\(scratch.path)/rows.csv"
        try writeManifest(to: manifest)
        let size = try FileManager.default.attributesOfItem(atPath: manifest)[.size] as? Int ?? 0
        print("\nplan \(rows) shuffled rows over \(parents) parents, \(size / 1_000_000) MB")
        var walls: [Double] = []
        var peaks: [Double] = []
        var peerWalls: [Double] = []
        var peerPeaks: [Double] = []
        let peer = peerCommand(manifest)
        for _ in 0..<repetitions {
            let measured = try Command.run([Command.relsweep, "plan", manifest, "--json"])
            walls.append(measured.wallSeconds)
            peaks.append(measured.peakMegabytes)
            guard let peer else { continue }
            let other = try Command.run(peer)
            peerWalls.append(other.wallSeconds)
            peerPeaks.append(other.peakMegabytes)
        }
        let rates = walls.map { Double(rows) / $0 / 1_000_000 }
        print(
            "  relsweep  \(walls.shown(2)) s, \(rates.shown(2)) million rows/s, \(peaks.shown(0)) MB at most"
        )
        guard !peerWalls.isEmpty else {
            print("  the DuckDB module for python3 is not here: no ratio")
            return
        }
        print("  DuckDB    \(peerWalls.shown(2)) s, \(peerPeaks.shown(0)) MB at most")
        print("  ratio     \(zip(walls, peerWalls).map { $0 / $1 }.shown(3)) of its time,")
        print("            \(zip(peaks, peerPeaks).map { $0 / $1 }.shown(3)) of its memory")
    }

    private func peerCommand(_ manifest: String) -> [String]? {
        let python = ProcessInfo.processInfo.environment["BENCHMARK_PYTHON"] ?? "python3"
        let query = """
            select count(*), sum(calls) from (
            select record_id, (count(distinct related_id) + 99) // 100 as calls
            from read_csv('\(manifest)', header=true,
            types={'record_id':'UBIGINT','related_id':'UBIGINT'})
            group by operation, module, related_list, record_id)
            """.replacingOccurrences(of: "\n", with: " ")
        let code = "import duckdb; print(duckdb.sql(\"\"\"\(query)\"\"\").fetchall())"
        do {
            let probe = try Command.measure([python, "-c", "import duckdb"])
            return probe.status == 0 ? [python, "-c", code] : nil
        } catch {
            return nil
        }
    }

    /// Seeded, so that every machine plans the same rows.
    private func writeManifest(to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw BenchmarkError.unexpected("no room for \(path)") }
        var text = "operation,module,record_id,related_list,related_id\n"
        var state: UInt64 = 1
        for row in 0..<rows {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let parent = 3_652_397_000_000_000_001 + (state >> 33) % UInt64(parents) * 7
            // Distinct related ids, spread by a multiplication that is one to one below 2^24.
            let related = 3_652_397_100_000_000_001 + UInt64(row) * 7_368_787 % 16_777_213 * 3
            text += "delink,Campaigns,\(parent),Leads,\(related)\n"
            if text.utf8.count > 1 << 20 {
                try file.write(contentsOf: Data(text.utf8))
                text = ""
            }
        }
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }
}
