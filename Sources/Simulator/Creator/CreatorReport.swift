package import JSONText

/// The environments of a Creator application; each has its own data.
package enum SimulatedEnvironment: String, CaseIterable, Sendable {
    case production, development, stage
}

/// A record that a report shows.
package struct CreatorRecord: Sendable {
    /// Its id.
    package var id: UInt64
    /// Its fields by link name. Strings are texts, dates (`14-Apr-2020`, maybe with a time) and
    /// single choices; arrays of strings are multi-selects; objects with an `ID` are lookups.
    package var fields: [(name: String, value: JSONValue)]
    /// Whether every deletion of it fails with 3001.
    package var isUndeletable: Bool
    /// Whether it is a bystander; the ledger counts it separately.
    package var isBystander: Bool
    /// Whether its first deletion fails with 2955, and a later one does not.
    package var isBusy = false
    /// Whether another user deletes it right after the first round that matched and left it.
    package var isFleeting = false

    /// A record with its fields.
    package init(
        id: UInt64, _ fields: [(name: String, value: JSONValue)] = [], isUndeletable: Bool = false,
        isBystander: Bool = false
    ) {
        self.id = id
        self.fields = fields
        self.isUndeletable = isUndeletable
        self.isBystander = isBystander
    }
}

/// Where a report is.
package struct CreatorReportName: Hashable, Sendable {
    /// In which environment.
    package var environment: SimulatedEnvironment
    /// The account owner's user name.
    package var owner: String
    /// The application's link name.
    package var application: String
    /// The report's link name.
    package var report: String

    /// The report of an owner's application.
    package init(
        _ environment: SimulatedEnvironment = .production, owner: String, application: String,
        report: String
    ) {
        self.environment = environment
        self.owner = owner
        self.application = application
        self.report = report
    }
}

/// A report and its records, by columns.
struct CreatorReport: Sendable {
    /// The type of a field, by its first seeded value.
    enum FieldType: Equatable, Sendable {
        case text, number, truth, date, choices, lookup
    }

    struct Row: Sendable {
        var id: UInt64
        var isUndeletable: Bool
        var isBystander: Bool
        var isPresent = true
        var isBusy = false
        var isFleeting = false
        /// Another user deleted it; no call did.
        var isTaken = false
        /// By column; null where the record has no such field.
        var values: [JSONValue]
    }

    let name: CreatorReportName
    private(set) var columns: [String] = []
    private(set) var types: [FieldType?] = []
    private var places: [String: Int] = [:]
    /// Lowest id first.
    private(set) var rows: [Row] = []
    /// What a deletion redirects to; reported to clients that ask for `tasks`.
    var redirection: (window: String, url: String)?

    init(_ name: CreatorReportName) {
        self.name = name
    }

    func column(_ name: String) -> Int? { places[name] }

    mutating func add(_ records: [CreatorRecord]) {
        for record in records {
            for field in record.fields { declare(field.name, field.value) }
        }
        for record in records {
            var values = [JSONValue](repeating: .null, count: columns.count)
            for field in record.fields {
                if let place = places[field.name] { values[place] = field.value }
            }
            rows.append(
                Row(
                    id: record.id, isUndeletable: record.isUndeletable,
                    isBystander: record.isBystander, isBusy: record.isBusy,
                    isFleeting: record.isFleeting, values: values))
        }
        rows.sort { $0.id < $1.id }
    }

    private mutating func declare(_ name: String, _ value: JSONValue) {
        let place = places[name] ?? columns.count
        if place == columns.count {
            places[name] = place
            columns.append(name)
            types.append(nil)
        }
        if types[place] == nil { types[place] = Self.type(of: value) }
    }

    private static func type(of value: JSONValue) -> FieldType? {
        switch value {
        case .null: nil
        case .bool: .truth
        case .number: .number
        case .string(let text): CreatorDate(text) == nil ? .text : .date
        case .array: .choices
        case .object: .lookup
        }
    }

    /// Indices of the matching records, lowest id first, at most `limit`.
    func places(matching criteria: CreatorCriteria?, limit: Int = .max) -> [Int] {
        var found: [Int] = []
        for place in rows.indices where rows[place].isPresent {
            if criteria?.matches(rows[place]) ?? true { found.append(place) }
            if found.count == limit { break }
        }
        return found
    }

    func place(of id: UInt64) -> Int? {
        rows.firstIndex { $0.id == id && $0.isPresent }
    }

    /// A deletion of the record has failed, and the next one does not.
    mutating func noteBusy(at place: Int) { rows[place].isBusy = false }

    /// Another user deletes the fleeting records that match.
    mutating func takeFleeting(matching criteria: CreatorCriteria) {
        for place in rows.indices
        where rows[place].isFleeting && rows[place].isPresent && criteria.matches(rows[place]) {
            rows[place].isPresent = false
            rows[place].isTaken = true
        }
    }

    mutating func remove(at place: Int) {
        rows[place].isPresent = false
    }
}

extension World {
    /// Seeds a report and its records; a further call adds records.
    ///
    /// - Parameter redirection: what the form is set to open after a deletion, such as
    ///   `("same window", "#Report:All_Orders")`; reported to clients that ask for `tasks`.
    package mutating func addReport(
        _ name: CreatorReportName, records: [CreatorRecord],
        redirection: (window: String, url: String)? = nil
    ) throws(WorldError) {
        guard !records.contains(where: { $0.id == 0 }) else { throw .invalidID }
        let place = reportPlaces[name] ?? reports.count
        if place == reports.count {
            reportPlaces[name] = place
            reports.append(CreatorReport(name))
        }
        reports[place].add(records)
        if let redirection { reports[place].redirection = redirection }
    }

    /// Which part of a report's address exists.
    enum ReportSearch: Equatable {
        case found(Int), noOwner, noApplication, noReport
    }

    func search(_ name: CreatorReportName) -> ReportSearch {
        if let place = reportPlaces[name] { return .found(place) }
        let ofOwner = reports.filter { $0.name.owner == name.owner }
        if ofOwner.isEmpty { return .noOwner }
        return ofOwner.contains {
            $0.name.application == name.application && $0.name.environment == name.environment
        } ? .noReport : .noApplication
    }
}
