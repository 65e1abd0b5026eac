/// `--skip-invalid` is for a bad row here and there: past 5 % something else is wrong.
enum SkippedShareRule {
    static func finding(skipped: Int, rows: Int) -> Finding? {
        let percent = PlanningSettings.maximumSkippedPercent
        guard skipped * 100 > rows * percent else { return nil }
        return Finding(
            "\(skipped) of \(rows) rows are invalid; --skip-invalid leaves out at most "
                + "\(percent) percent of them, so mend the manifest", isSkippable: false)
    }
}
