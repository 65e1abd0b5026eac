import Dispatch
import JobModel
import ManifestReading
import Planning
import ZohoAPI

/// Streams a manifest through reading and planning, on two threads: the reader works on its own
/// queue, the planner on the calling thread, and a few blocks of rows are buffered between them.
///
/// Memory: one piece of the file, `maximumBlocksAhead` hand-overs, and what planning keeps of a
/// row.
struct PlanPipeline {
    /// Bytes read at a time.
    private static let pieceByteCount = 1 << 20
    /// Pieces' worth of blocks that may wait for the planner.
    private static let maximumBlocksAhead = 4

    let format: ManifestFormat
    let columnMap: ColumnMap
    private let settings: PlanningSettings

    /// A message from the reader to the planner.
    private enum Message: Sendable {
        case rows([RowBlock], ManifestColumns?, [ColumnDefault])
        case failed(RunningError)
        /// The last one: the reader in its final state.
        case finished([RowBlock], ManifestReader)
    }

    /// - Throws: `usage` (64) for what `--format` and `--column` can't mean, and for standard input
    ///   without
    ///   `--format`.
    init(_ manifest: ManifestSettings, source: JobRequest.Source) throws(RunningError) {
        format = try PlanPipeline.format(manifest, source: source)
        do throws(ColumnMap.Problem) {
            columnMap = try ColumnMap(manifest.columns)
        } catch {
            throw RunningError(.usage, error.message)
        }
        var settings = PlanningSettings()
        settings.defaults = manifest.defaults
        settings.addedPairs = manifest.allowedPairs.map {
            RelatedListName(module: $0.module, relatedList: $0.relatedList)
        }
        settings.skipsInvalid = manifest.skipsInvalid
        settings.allowsDeleteAll = manifest.allowsDeleteAll
        self.settings = settings
    }

    static func format(
        _ manifest: ManifestSettings, source: JobRequest.Source
    ) throws(RunningError) -> ManifestFormat {
        if let format = manifest.format { return format }
        switch source {
        case .standardInput:
            throw RunningError(
                .usage, "standard input has no extension: give --format csv, json or jsonl")
        case .file(let path):
            if let format = ManifestFormat(path: path) { return format }
            throw RunningError(
                .usage,
                "\(path): the extension is none of .csv .json .jsonl .ndjson; "
                    + "give --format csv, json or jsonl")
        }
    }

    /// A manifest that was read to its end.
    struct Reading {
        var result: PlanningResult
        /// nil for a file without a header.
        var columns: ManifestColumns?
    }

    /// Reads and plans everything.
    ///
    /// - Throws: `manifestUnreadable` (66), `manifestChanged` (75), `stopped` (75). Findings are in
    ///   the result.
    func read(
        _ source: JobRequest.Source, isStopRequested: @escaping @Sendable () -> Bool
    ) throws(RunningError) -> Reading {
        let channel = BoundedChannel<Message>(capacity: PlanPipeline.maximumBlocksAhead)
        defer { channel.cancel() }
        let manifest = try OpenManifest(source)
        let reader = ManifestReader(format: format, columnMap: columnMap)
        DispatchQueue(label: "relsweep.reading").async {
            PlanPipeline.read(manifest, with: reader, into: channel, isStopRequested)
        }
        var planner: Planner?
        func plan(
            _ blocks: [RowBlock], _ columns: ManifestColumns?, _ defaults: [ColumnDefault]
        ) {
            for block in blocks {
                if planner == nil {
                    guard let columns else {
                        preconditionFailure("rows were read before the columns")
                    }
                    planner = Planner(
                        settings: settings, columns: columns,
                        manifestDefaults: defaults)
                }
                planner?.consume(block)
            }
        }
        while true {
            switch channel.receive() {
            case .rows(let blocks, let columns, let defaults): plan(blocks, columns, defaults)
            case .failed(let error): throw error
            case .finished(let blocks, let reader):
                plan(blocks, reader.columns, reader.defaults)
                return Reading(result: finish(planner, reader), columns: reader.columns)
            }
        }
    }

    /// Runs on the reader's queue.
    private static func read(
        _ manifest: OpenManifest, with start: ManifestReader,
        into channel: BoundedChannel<Message>, _ isStopRequested: () -> Bool
    ) {
        var reader = start
        var byteCount = 0
        do throws(RunningError) {
            while true {
                if isStopRequested() { throw RunningError.stoppedEarly }
                let piece = try manifest.next(pieceByteCount)
                if piece.isEmpty { break }
                byteCount += piece.count
                let blocks = reader.push(piece)
                guard channel.send(.rows(blocks, reader.columns, reader.defaults)) else { return }
                if reader.isStopped { break }
            }
            if !reader.isStopped { try manifest.checkUnchanged(byteCount: byteCount) }
        } catch {
            _ = channel.send(.failed(error))
            return
        }
        let blocks = reader.finish()
        _ = channel.send(.finished(blocks, reader))
    }

    private func finish(_ planner: Planner?, _ reader: ManifestReader) -> PlanningResult {
        let planner =
            planner
            ?? Planner(
                settings: settings,
                columns: reader.columns ?? ManifestColumns(names: [], meanings: []))
        var result = planner.finish(lastRowIsUnterminated: reader.lastRowIsUnterminated)
        result.diagnostics = DiagnosticList(merging: reader.diagnostics, result.diagnostics)
        result.items.rowCount = max(result.items.rowCount, reader.rowCount)
        // Faults of structure can never be skipped.
        if reader.diagnostics.errorCount > 0 { result.stopsRun = true }
        return result
    }
}
