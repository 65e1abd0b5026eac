/// Limits `--skip-invalid` to 5 % of the rows: with more, the manifest as a whole is suspect.
enum SkippedShareRule {
    static func finding(skipped: Int, rows: Int) -> Finding? {
        let percent = PlanningSettings.maximumSkippedPercent
        guard skipped * 100 > rows * percent else { return nil }
        return Finding(
            "\(skipped) of \(rows) rows are invalid; --skip-invalid leaves out at most "
                + "\(percent) percent of them, so correct the manifest", isSkippable: false)
    }
}
