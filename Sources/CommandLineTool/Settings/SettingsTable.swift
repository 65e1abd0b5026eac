/// All settings and options, as data.
package struct SettingsTable: Sendable {
    package let target = TargetRows()
    package let speed = SpeedRows()
    package let limits = LimitRows()
    package let waits = WaitRows()
    package let manifest = ManifestRows()
    package let runs = RunRows()
    package let files = FileRows()
    package let simulation = SimulationRows()
    package let output = OutputRows()

    /// The table.
    package static let all = SettingsTable()

    /// The rows as they are declared, by group.
    package static let groups: [(title: String, rows: [SettingRow])] =
        Mirror(reflecting: all).children.compactMap { child in
            guard let group = child.value as? any SettingGroup else { return nil }
            let rows = Mirror(reflecting: group).children.compactMap {
                ($0.value as? any AnySetting)?.row
            }
            return (group.title, rows)
        }

    /// Every row, in the order of the table.
    package static let rows = groups.flatMap(\.rows)

    /// The heading of a row.
    static func group(of row: SettingRow) -> String? {
        groups.first { $0.rows.contains(row) }?.title
    }

    private static let rowsByKey = Dictionary(
        uniqueKeysWithValues: rows.compactMap { row in row.key.map { ($0, row) } })

    /// The row of a key in the configuration file.
    package static func row(key: String) -> SettingRow? { rowsByKey[key] }

    /// The row of an option: `--output` or `-o`.
    package static func row(option spelling: String) -> SettingRow? {
        rows.first { $0.option?.spelling == spelling || $0.option?.short == spelling }
    }

    /// Former names of a command, an option and a key: the error for one suggests the present name.
    static let formerNames = [
        "sandbox": "simulator", "--sandbox": "--simulate", "edition": "environment",
    ]

    /// The objects of the configuration file.
    package static let objects: [String] = rows.reduce(into: []) { objects, row in
        guard let key = row.key, let point = key.firstIndex(of: ".") else { return }
        let object = String(key[..<point])
        if !objects.contains(object) { objects.append(object) }
    }

    /// Environment variables that relsweep reads, with what they contain. Each may be a systemd
    /// credential instead.
    package static var variables: [(name: String, help: String)] {
        Credentials.Name.allCases.map { ($0.variable, $0.help) }
            + rows.compactMap { row in row.variable.map { ($0, row.meaning()) } }
            + [(Configuration.variable, "configuration file, unless --config is given")]
    }
}

/// Rows under one heading of help, of the configuration file and of README.
protocol SettingGroup {
    var title: String { get }
}

private protocol AnySetting {
    var row: SettingRow { get }
}

extension Setting: AnySetting {}
