import Chunking
package import JobModel
import Journaling
import ManifestReading
import Planning
package import Simulator
package import ZohoAPI

/// Everything that a seed determines before the first process starts: the manifest, the service's
/// content, and the faults.
package struct Scenario: Sendable {
    /// A manifest row and its objects in the service.
    package struct Row: Sendable {
        package var operation: Operation
        package var module: String
        package var parent: UInt64
        package var list: String
        package var related: UInt64
        /// The relation or attachment exists before the run.
        package var isPresent: Bool
        package var parentExists: Bool
        /// Both records exist.
        package var relatedExists: Bool
        /// An update's fields as JSON.
        package var fields: String
        /// Of a Creator row: the value of `Status` that it asks for, and how many may go.
        package var status = ""
        package var criteria = ""
        package var maximumRecords = 0
        /// For a Creator row: the environment, the user and the workflows to skip.
        package var environment = "stage"
        package var demoUser = ""
        package var skipsWorkflow = false
        /// Of a Creator row: what matches. Of a discovery: the parent's children.
        package var records: [UInt64] = []
        /// Those of `records` that can't be deleted.
        package var undeletable: Set<UInt64> = []
        /// Those whose first deletion fails for a passing reason.
        package var busy: Set<UInt64> = []
        /// Those that another user deletes after the first round that leaves them.
        package var fleeting: Set<UInt64> = []
        /// The manifest has the relation in the other direction.
        package var isTurned = false

        /// The list as the service knows it.
        var listed: String { list == Scenario.addedList ? "Leads" : list }

        /// What its calls ask for.
        var asked: (module: String, parent: UInt64, list: String, related: UInt64) {
            isTurned ? (list, related, module, parent) : (module, parent, list, related)
        }
    }

    package let seed: UInt64
    package let features: Set<Feature>
    private let allowedFaults: Set<String>?
    /// Small limits and frequent faults: shrinking tries such worlds too.
    let isTight: Bool
    /// Index = row; 0 is none.
    package internal(set) var rows: [Row] = []
    /// As the planner read them from the manifest.
    package internal(set) var items = WorkItems()
    package internal(set) var manifest: [UInt8] = []
    /// Rows with a fault, as they were written: `--skip-invalid` leaves them out.
    package internal(set) var skippedRows = 0
    package internal(set) var profile = ServiceProfile()
    package internal(set) var settings = OrganisationSettings()
    package internal(set) var world = World(.exact)
    /// Times without a connection, in the world's time.
    package internal(set) var outages: [Range<Moment>] = []
    package internal(set) var limits = RunLimits()

    /// One relation or file, as a request names it.
    struct RelationKey: Hashable {
        var module: String
        var parent: UInt64
        var list: String
        var related: UInt64
    }

    /// The row of each relation and file, by either end; only looked up.
    private(set) var rowOfRelation: [RelationKey: Int] = [:]

    /// `v2` or `v8`.
    var crmVersion: String { profile.crmVersion }

    static let clientID = "1000.SIMULATION"
    static let clientSecret = "secret"
    static let refreshToken = "1000.refresh.token"

    /// - Parameters:
    ///   - features: nil for those that the seed switches on.
    ///   - maximumItems: For worlds that are tried exhaustively.
    ///   - faults: Names of the faults that the service may have; nil for all that are drawn.
    ///   - isTight: One or two ids a call, one retry, one call a minute where these are bounded,
    ///     five calls at most where `--max-calls` is given, and each fault for a third of the
    ///     calls. Of too many items rounds and pages stay; rounds are of different reports.
    package init(
        seed: UInt64, features: Set<Feature>? = nil, maximumItems: Int = 60,
        faults: Set<String>? = nil, isTight: Bool = false
    ) {
        self.seed = seed
        self.isTight = isTight
        allowedFaults = faults
        var random = SimulationGenerator(seed: seed)
        let drawn = Scenario.drawFeatures(&random)
        self.features = features ?? drawn
        drawRows(&random, maximumItems: maximumItems)
        if has(.pages) { drawPages(&random) }
        if has(.rounds) { drawRounds(&random) }
        if rows.count > maximumItems + 1, maximumItems < 60 {
            if isTight {
                rows.removeSubrange(1..<(rows.count - maximumItems))
            } else {
                rows.removeSubrange((maximumItems + 1)...)
            }
        }
        plan(&random)
        if isTight { profile.idsPerCall = seed.isMultiple(of: 2) ? 1 : 2 }
        indexRows()
        drawService(&random)
        limits = drawLimits(&random)
        if has(.outages) {
            var start = Moment.zero
            for _ in 0..<random.number(1...4) {
                start = start + random.milliseconds(0...20_000)
                let end = start + random.milliseconds(1...(random.once(in: 8) ? 900_000 : 20_000))
                outages.append(start..<end)
                start = end
            }
        }
    }

    private static func drawFeatures(_ random: inout SimulationGenerator) -> Set<Feature> {
        let isCalm = random.once(in: 4)
        let drawn = Feature.allCases.filter { random.once(in: $0.rarity) }
        return Set(isCalm ? drawn.filter(Feature.calm.contains) : drawn)
    }

    /// The features that a seed switches on.
    static func features(ofSeed seed: UInt64) -> Set<Feature> {
        var random = SimulationGenerator(seed: seed)
        return drawFeatures(&random)
    }

    private mutating func indexRows() {
        for (row, item) in rows.enumerated().dropFirst() {
            rowOfRelation[
                RelationKey(
                    module: item.module, parent: item.parent, list: item.list,
                    related: item.related)] = row
            guard item.operation == .delink else { continue }
            rowOfRelation[
                RelationKey(
                    module: item.list, parent: item.related, list: item.module,
                    related: item.parent)] = row
        }
    }

    /// Whether the world has a feature.
    package func has(_ feature: Feature) -> Bool { features.contains(feature) }

    /// Whether every item has a single possible outcome.
    package var isCalm: Bool { features.allSatisfy(Feature.calm.contains) }

    // MARK: The manifest

    private static let kinds: [(operation: Operation, module: String, list: String)] = [
        (.delink, "Campaigns", "Leads"), (.delink, "Contacts", "Products"),
        (.update, "Campaigns", "Contacts"), (.update, "Price_Books", "Products"),
        (.deleteAttachment, "Leads", "Attachments"), (.delink, "Products", "Deals"),
    ]

    /// A list of the account's own, which only the settings know: `delink.allowedLists`. At the
    /// service it is Campaigns–Leads under another name.
    static let addedList = "Guests"

    private mutating func drawRows(_ random: inout SimulationGenerator, maximumItems: Int) {
        rows = [
            Row(
                operation: .delink, module: "", parent: 0, list: "", related: 0, isPresent: false,
                parentExists: false, relatedExists: false, fields: "{}")
        ]
        var related: UInt64 = 4_000_000_000
        let first = random.number(0...5)
        let maximumItems = has(.large) && maximumItems >= 60 ? 4_000 : maximumItems
        // Of every other tight world the items are of different kinds.
        let isSpread = isTight && (seed / 2).isMultiple(of: 2)
        for index in 0..<random.number(1...3) {
            var kind = Scenario.kinds[(first + index) % Scenario.kinds.count]
            if index == 0, has(.addedLists) {
                kind = (.delink, "Campaigns", Scenario.addedList)
            }
            let parentCount = has(.large) ? 12 : random.number(0...4)
            for parent in 0..<(isSpread ? 1 : parentCount) {
                let parentExists = !has(.missingItems) || !random.once(in: 8)
                let drawnCount = has(.large) ? random.number(1...300) : random.number(1...6)
                for _ in 0..<(isSpread ? 1 : drawnCount) where rows.count <= maximumItems {
                    related += UInt64(random.number(1...9))
                    let relatedExists = !has(.missingItems) || !random.once(in: 8)
                    let isPresent =
                        parentExists && relatedExists
                        && (kind.operation == .update
                            ? random.once(in: 2) : !has(.missingItems) || !random.once(in: 6))
                    rows.append(
                        Row(
                            operation: kind.operation, module: kind.module,
                            parent: UInt64(1_000 * (index + 1) + parent), list: kind.list,
                            related: related, isPresent: isPresent, parentExists: parentExists,
                            relatedExists: relatedExists,
                            fields: kind.list == "Products" && kind.operation == .update
                                ? #"{"list_price":50.560}"# : #"{"Member_Status":"Planned"}"#))
                }
            }
        }
    }

    // MARK: The service

    private mutating func drawService(_ random: inout SimulationGenerator) {
        for row in rows.dropFirst() {
            switch row.operation {
            case .delink, .update, .deleteAttachment: seed(row, &random)
            case .discoverDeleted: seedPages(row)
            case .deleteCreatorRecords: continue
            }
        }
        if has(.rounds) { seedReports(&random) }
        settings.seed = random.next()
        settings.style = random.pick([.v2, .v2, .v8, .v8NotFound])
        if random.once(in: 8) {
            settings.style = random.pick([.v8, .v8Deleted, .strict])
            profile.crmVersion = "v8"
        }
        settings.latencyNanoseconds = Int64(random.number(1...800)) * 1_000_000
        settings.latencyJitterNanoseconds = settings.latencyNanoseconds / 2
        settings.maximumActiveCalls = has(.narrowService) ? random.number(1...4) : nil
        settings.sendsRetryAfter = random.once(in: 2)
        settings.epochMilliseconds = Simulation.epochMilliseconds
        if has(.narrowService) {
            settings.creator.maximumCallsPerMinute = random.number(2...50)
            settings.creator.blockNanoseconds = Int64(random.pick([0, 0, 60_000_000_000]))
        }
        if has(.credits) {
            settings.creator.maximumCallsPerDay = random.number(1...30)
            // In a fifth of these worlds half of the credits are used, so that answers say how
            // many are left, soon the thousand that are kept for others; or none are left, and 429s
            // say that the day is over.
            let left = random.number(1_005...1_060)
            settings.dailyCredits = 2 * left
            settings.creditsUsedBefore =
                left.isMultiple(of: 10) ? 2 * left : left.isMultiple(of: 5) ? left : 0
        }
        settings.accounts.clients = [.init(id: Scenario.clientID, secret: Scenario.clientSecret)]
        settings.accounts.refreshTokens = [
            .init(token: Scenario.refreshToken, clientID: Scenario.clientID)
        ]
        if has(.tokenExpiry) {
            let seconds = random.number(2...120)
            settings.accounts.tokenLifetimeNanoseconds = Int64(seconds) * 1_000_000_000
            settings.accounts.maximumActiveTokens = random.number(1...10)
            settings.accounts.faults = Scenario.faultPlan(
                "500:10%,hang:3%,401:2%,429:" + (seconds < 20 ? "40%" : "2%"))
        }
        if has(.refusedRights), let row = rows.dropFirst().randomElement(using: &random) {
            settings.refusedRights = [
                .init(
                    module: row.module, list: random.once(in: 2) ? row.list : nil,
                    answer: random.pick([.scopeMismatch, .noPermission, .authorizationFailed]),
                    callsBefore: random.once(in: 2) ? 0 : random.number(1...30))
            ]
        }
        settings.faults = Scenario.faultPlan(drawFaults(&random).joined(separator: ","))
    }

    private func drawFaults(_ random: inout SimulationGenerator) -> [String] {
        if has(.deadService) { return ["429:50%", "503:50%"] }
        var kinds: [String] = []
        if has(.faults) {
            kinds += [
                "500", "500-after", "503", "503-after", "html502", "html502-after", "html200",
                "html200-after", "reset", "reset-after", "hang", "hang-after", "cut", "302", "408",
                "408-after", "html400", "empty-object", "empty-object-after", "empty200",
                "empty200-after",
            ]
        }
        if has(.distortedAnswers) {
            kinds += [
                "missing-element", "surplus-element", "wrong-count", "duplicate-element",
                "foreign-id", "missing-id", "out-of-order",
            ]
        }
        if has(.throttling) {
            kinds += [
                "429", "429-rate", "429", "429-concurrency", "429-sub", "429-credits", "429-day",
            ]
        }
        if has(.sizeLimits) { kinds += ["413", "414", "431"] }
        if has(.lateEffects) { kinds += ["late"] }
        if has(.tokenExpiry) { kinds += ["401", "401-failure"] }
        if has(.recordDeleted) { kinds += ["record-deleted"] }
        if has(.movingChildren) { kinds += ["child-removed", "child-added"] }
        // Mostly a few; sometimes enough for one call to meet several.
        let drawnShare = random.pick([1, 1, 2, 2, 4, 4, 4, 12])
        let share = isTight ? 33 : drawnShare
        kinds.removeAll { allowedFaults?.contains($0) == false }
        var texts: [String] = []
        // Few calls ask for a page behind a full one.
        var movingPercent = 0
        if has(.pages), has(.movingChildren), allowedFaults?.contains("child-removed") != false {
            movingPercent = 10
            texts.append("child-removed:10%")
            kinds.removeAll { $0 == "child-removed" }
        }
        for (index, kind) in kinds.enumerated()
        where (isTight || random.once(in: 2)) && texts.count < (100 - movingPercent) / share {
            var value = ""
            switch kind {
            case "429" where index % 2 == 0: value = "/\(random.number(1...90))s"
            case "429-concurrency": value = "/" + random.pick(oddWaits)
            case "413", "414", "431": value = "/\(random.number(50...200))b"
            case "late": value = "/\(random.number(1...90))s"
            default: break
            }
            // Running out of daily credits is rare.
            let isOfDay = kind == "429-credits" || kind == "429-day"
            texts.append("\(kind):\(isOfDay ? "0.2" : "\(share)")%\(value)")
        }
        if has(.distortedAnswers) { texts += ["cookies:10%", "chunked:10%"] }
        if has(.throttling), random.once(in: 2) {
            let wait = random.pick(oddWaits + ["2s", "30s"] + (isCalm ? [] : ["3600s"]))
            texts.append("retry-after:50%/\(wait)")
        }
        // Faults that ask for a pause, some for one that ends later than a run waits.
        if has(.faults), !has(.throttling), seed.isMultiple(of: 4) {
            texts.append("retry-after:20%/\(["20s", "700s", "3600s"][Int(seed / 4 % 3)])")
        }
        if has(.credits), random.once(in: 8) { texts.append("negative-credits:2%") }
        if has(.slowAnswers) { texts.append("slow:10%/\(random.number(1...40))s") }
        guard let allowedFaults else { return texts }
        // The ones behind the loop are drawn whether they are wanted or not.
        return texts.filter { allowedFaults.contains(String($0.prefix { $0 != ":" })) }
    }

    /// A calm world has no pause that ends a session: it would need too many of them to finish.
    private var oddWaits: [String] {
        ["zero", "negative", "fraction", "text", "empty", "date", "past"]
            + (isCalm ? [] : ["huge"])
    }

    private static func faultPlan(_ text: String) -> FaultPlan {
        do {
            return try FaultPlan(parsing: text)
        } catch {
            preconditionFailure("\(text) is not a fault plan: \(error)")
        }
    }

    private mutating func seed(_ row: Row, _ random: inout SimulationGenerator) {
        do {
            let other = row.related + 5_000_000_000
            if row.parentExists { try world.addRecord(module: row.module, id: row.parent) }
            if row.operation == .deleteAttachment {
                if row.isPresent {
                    try world.addAttachment(
                        module: row.module, id: row.parent, attachmentID: row.related)
                }
                if row.parentExists {
                    try world.addAttachment(
                        module: row.module, id: row.parent, attachmentID: other, bystander: true)
                }
                return
            }
            if row.relatedExists { try world.addRecord(module: row.listed, id: row.related) }
            if row.isPresent {
                try world.addRelation(
                    module: row.module, id: row.parent, list: row.listed, relatedID: row.related)
            }
            guard row.parentExists, random.once(in: 3) else { return }
            try world.addRelation(
                module: row.module, id: row.parent, list: row.listed, relatedID: other,
                bystander: true)
        } catch {
            preconditionFailure("what the manifest names can't be added: \(error)")
        }
    }

    // MARK: Limits

    /// The bounds of a session; drawn again for each where limits change.
    func drawLimits(_ random: inout SimulationGenerator) -> RunLimits {
        var limits = RunLimits()
        limits.concurrency[.crm] = random.number(1...6)
        limits.timeout = .seconds(random.pick([5, 20, 60]))
        limits.concurrency[.creator] = random.number(1...3)
        if has(.callsPerMinute) {
            limits.callsPerMinute[.crm] = random.number(1...30)
            limits.callsPerMinute[.creator] = random.number(1...45)
            if isTight { limits.callsPerMinute = [.crm: 1, .creator: 1] }
        }
        limits.retries = isCalm ? 20 : random.number(0...4)
        if isTight { limits.retries = min(limits.retries, 1) }
        limits.retryBudget = random.number(1...20)
        limits.retryBudgetRefillPerMinute = random.pick([60, 60, 10, 1])
        limits.failureBudget = .count(1_000)
        if has(.tightBudgets) {
            limits.failureBudget =
                random.once(in: 2)
                ? .count(random.number(0...20))
                : .percent(Double(random.number(5...60)), minimumFinal: random.number(1...20))
            limits.absentMinimum = random.number(3...30)
            limits.maximumAbsentPercent = random.pick([5, 20, 50])
        }
        return limits
    }
}
