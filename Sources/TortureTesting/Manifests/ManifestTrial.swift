import JobModel
import ManifestReading
import Planning

/// Gives a trial manifest to the program's reader and planner, and compares their result with what
/// its writer meant.
enum ManifestTrial {
    /// The name under which a difference is reported.
    static let checker = "ManifestsAreRead"

    /// The difference that the manifest of a seed shows; nil if there is none.
    ///
    /// - Parameter maximumRows: nil for as many as are drawn.
    static func violation(
        _ seed: UInt64, maximumRows: Int? = nil, _ bug: PlantedBug?
    ) -> InvariantViolation? {
        let manifest = TrialManifest(seed: seed, maximumRows: maximumRows ?? 40)
        return difference(manifest, bug).map {
            InvariantViolation(checker: checker, text: "\($0), of the manifest:\n\(manifest.text)")
        }
    }

    private static func difference(_ manifest: TrialManifest, _ bug: PlantedBug?) -> String? {
        var random = SimulationGenerator(seed: UInt64(manifest.text.utf8.count))
        var reader = ManifestReader(format: manifest.format)
        var planner: Planner?
        let bytes = Array(manifest.text.utf8)
        var settings = PlanningSettings()
        settings.skipsInvalid = manifest.skipsInvalid
        func consume(_ blocks: [RowBlock]) {
            guard let columns = reader.columns else { return }
            let used = planner ?? Planner(settings: settings, columns: columns)
            planner = used
            for block in blocks { used.consume(block) }
        }
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + random.pick([7, 64, 4_096]))
            consume(reader.push(Array(bytes[start..<end])))
            start = end
        }
        consume(reader.finish())
        let result = planner?.finish(lastRowIsUnterminated: reader.lastRowIsUnterminated)
        let errors = (reader.diagnostics.kept + (result?.diagnostics.kept ?? []))
            .filter { $0.severity == .error }
        let stops = reader.diagnostics.errorCount > 0 || result?.stopsRun != false
        if let difference = difference(manifest, errors, stops: stops && bug != .acceptsFaults) {
            return difference
        }
        guard !stops, let result else { return nil }
        return difference(manifest, result, columns: reader.columns, bug)
    }

    /// Compares whether it is refused, with errors that name the right lines.
    private static func difference(
        _ manifest: TrialManifest, _ errors: [Diagnostic], stops: Bool
    ) -> String? {
        let said = errors.prefix(3).map { $0.rendered(path: "manifest") }
        if stops != manifest.isRefused {
            return stops ? "a good manifest is refused: \(said)" : "a faulty manifest is taken"
        }
        guard let lines = manifest.faultyLines else {
            return errors.isEmpty ? nil : "errors in a good manifest: \(said)"
        }
        let named = Set(errors.compactMap { $0.position?.line })
        guard !named.isEmpty, named.isSubset(of: lines) else {
            return "the faults are in lines \(lines.sorted()), and it says \(said)"
        }
        guard
            manifest.words.isEmpty
                || errors.contains(where: { $0.message.contains(manifest.words) })
        else { return "it should say \"\(manifest.words)\", and says \(said)" }
        return nil
    }

    private static func difference(
        _ manifest: TrialManifest, _ result: PlanningResult, columns: ManifestColumns?,
        _ bug: PlantedBug?
    ) -> String? {
        var items = described(result.items)
        for row in result.items.updateRows.rows {
            guard let object = object(of: row, manifest, result, columns) else {
                return "the fields of row \(row) can't be read again"
            }
            if let index = items.firstIndex(where: { $0.row == row }) {
                items[index].text += " \(object)"
            }
        }
        if bug == .mistakesIDs, !items.isEmpty { items[0].text += "1" }
        let found = items.map(\.text).sorted()
        let expected = manifest.expected.sorted()
        if found != expected {
            let surplus = found.first { !expected.contains($0) } ?? "nothing more"
            let missing = expected.first { !found.contains($0) } ?? "nothing"
            return "the items have \(surplus), and lack \(missing)"
        }
        if result.items.duplicateRows.count != manifest.duplicateCount {
            return "\(result.items.duplicateRows.count) duplicates"
        }
        if let difference = PlanTrial.difference(manifest, result) { return difference }
        let skipped = manifest.faultyRows.map { UInt32($0 + 1) }.sorted()
        if result.items.skippedRows != skipped { return "skipped: \(result.items.skippedRows)" }
        for (index, line) in manifest.lines.enumerated()
        where result.rowLines.line(ofRow: UInt32(index + 1)) != line {
            return "row \(index + 1) begins on line \(line), and not where it says"
        }
        return nil
    }

    private static func described(_ items: WorkItems) -> [(row: UInt32, text: String)] {
        var described: [(row: UInt32, text: String)] = []
        for group in items.groups {
            let name = "\(group.kind.operation.rawValue) \(group.kind.module)"
            for parent in group.parents.indices {
                for item in Int(group.starts[parent])..<Int(group.starts[parent + 1]) {
                    described.append(
                        (
                            group.rows[item],
                            "\(name)/\(group.parents[parent])/\(group.kind.relatedList)/"
                                + "\(group.related[item])"
                        ))
                }
            }
        }
        for job in items.creatorJobs {
            described.append(
                (
                    job.row,
                    "delete-creator-records \(job.owner)/\(job.app)/\(job.report) "
                        + "\(job.environment.rawValue) \(job.demoUser ?? "-") \(job.skipsWorkflow) "
                        + "\(job.maximumRecords) \(job.criteria)"
                ))
        }
        for parent in items.deletedParents {
            described.append(
                (
                    parent.row,
                    "discover-deleted \(parent.module)/\(parent.id)/\(parent.relatedList) "
                        + parent.fields
                ))
        }
        return described
    }

    /// The link fields of an update, read again as for its request.
    private static func object(
        of row: UInt32, _ manifest: TrialManifest, _ result: PlanningResult,
        _ columns: ManifestColumns?
    ) -> String? {
        guard let columns, let place = result.items.updateRows.position(ofRow: row) else {
            return nil
        }
        let end = Int(place.offset) + Int(place.byteCount)
        let bytes = Array(manifest.text.utf8)
        guard end <= bytes.count else { return nil }
        let block = RowReader(format: manifest.format, columns: columns).row(
            row, line: 1, offset: place.offset, bytes: Array(bytes[Int(place.offset)..<end]),
            isEndOfFile: true)
        guard let block else { return nil }
        do {
            return String(decoding: try result.linkFields.object(of: block, row: 0), as: UTF8.self)
        } catch {
            // The caller reports the missing item.
            return nil
        }
    }
}
