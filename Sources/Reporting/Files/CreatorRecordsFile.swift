internal import JobModel
internal import Journaling
internal import ManifestReading
internal import SystemCalls

/// `creator-records.csv`: all records that rounds deleted or could not delete, and the possible
/// unidentified deletions per round.
///
/// A manifest row is one item, with its outcome in `results.csv`; its records are here.
struct CreatorRecordsFile {
    static let header =
        "relsweep_row,relsweep_call,relsweep_round,record_id,relsweep_outcome,relsweep_records,"
        + "relsweep_code,relsweep_message,relsweep_advice\n"

    private let file: ReportFile
    private var steps = JournalSteps()
    private var failure: SystemError?

    init(_ path: String) throws(SystemError) {
        file = try ReportFile(path)
        try file.append { $0 += Array(CreatorRecordsFile.header.utf8) }
    }

    /// Processes the journal's next record.
    mutating func apply(_ record: JournalRecord) {
        guard failure == nil, let (call, answer) = steps.apply(record),
            case .round? = call.step, let records = answer.records
        else { return }
        do throws(SystemError) {
            for id in records.deleted { try append(call, id: id, "deleted", count: 1) }
            for id in records.gone {
                try append(
                    call, id: id, "deleted", count: 1,
                    message: "gone after an attempt that was never answered")
            }
            for record in records.undeletable {
                try append(
                    call, id: record.id, "failed", count: 1, code: record.code,
                    message: record.message)
            }
            if records.unaccounted > 0 {
                try append(
                    call, id: nil, "unaccounted", count: records.unaccounted, code: answer.code,
                    message: CreatorRecordsFile.unaccounted)
            }
        } catch {
            failure = error
        }
    }

    private static let unaccounted =
        "the round was not clearly answered: up to this many unnamed records may be deleted"

    /// Writes the remaining data and renames the file into place.
    mutating func finish() throws(SystemError) {
        for call in steps.roundsInDoubt where failure == nil {
            try append(
                call, id: nil, "unaccounted", count: call.step?.maximumUnaccounted ?? 0,
                message: CreatorRecordsFile.unaccounted)
        }
        if let failure {
            file.discard()
            throw failure
        }
        try file.finish()
    }

    func discard() { file.discard() }

    private func append(
        _ call: CallRecord, id: UInt64?, _ outcome: String, count: Int, code: String = "",
        message: String = ""
    ) throws(SystemError) {
        guard case .round(let round, _, _)? = call.step else { return }
        let fields = [
            call.rows.first.map { String($0) } ?? "", String(call.call), String(round),
            id.map { String($0) } ?? "", outcome, String(count), CSVField.neutralised(code),
            CSVField.neutralised(message),
            outcome == "failed" ? Advice.text(for: code) ?? "" : "",
        ]
        try file.append { bytes in
            CSVField.append(fields, to: &bytes)
            bytes.append(0x0A)
        }
    }
}
