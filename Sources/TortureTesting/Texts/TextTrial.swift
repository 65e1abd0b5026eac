import JobModel
import Journaling
import ManifestReading
import Planning
import Running
import ZohoAPI

/// Gives the program texts that do not occur in simulated worlds (addresses, data centres, times in
/// header fields, bytes to be hashed, pinned settings), and compares its result with what their
/// writer meant.
enum TextTrial {
    /// The name under which a difference is reported.
    static let checker = "TextsAreRead"

    /// The difference that the texts of a seed show; nil if there is none.
    static func violation(_ seed: UInt64, _ bug: PlantedBug?) -> InvariantViolation? {
        var random = SimulationGenerator(seed: seed ^ 0x7465_7874_73)
        let text =
            address(&random, bug) ?? dataCentre(&random) ?? date(&random) ?? checksum(&random)
            ?? settings(&random) ?? excerpt(&random)
        return text.map { InvariantViolation(checker: checker, text: $0) }
    }

    // MARK: Where a service is

    private static func address(
        _ random: inout SimulationGenerator, _ bug: PlantedBug?
    ) -> String? {
        let trial = TrialAddress(&random)
        var found: String?
        var isLoopback = false
        do throws(ServiceAddressError) {
            let address = try ServiceAddress(trial.text, allowsPath: trial.allowsPath)
            found = address.description
            isLoopback = address.isLoopback
        } catch {
            found = nil
        }
        if bug == .mistakesAddresses { found = found.map { $0 + ":444" } }
        if found != trial.expected {
            return "the address \(trial.text) is read as \(found ?? "none"), and means "
                + "\(trial.expected ?? "none")"
        }
        return found == nil || isLoopback == trial.isLoopback
            ? nil : "the address \(trial.text) is this machine's, or not"
    }

    /// Setting, domain of the API, host of the accounts.
    private static let centres = [
        ("us", "com", "accounts.zoho.com"), ("eu", "eu", "accounts.zoho.eu"),
        ("in", "in", "accounts.zoho.in"), ("au", "com.au", "accounts.zoho.com.au"),
        ("jp", "jp", "accounts.zoho.jp"), ("cn", "com.cn", "accounts.zoho.com.cn"),
        ("ca", "ca", "accounts.zohocloud.ca"), ("sa", "sa", "accounts.zoho.sa"),
        ("uk", "uk", "accounts.zoho.uk"), ("ae", "ae", "accounts.zoho.ae"),
    ]

    private static func dataCentre(_ random: inout SimulationGenerator) -> String? {
        if random.once(in: 4) {
            let text = random.pick(["", ".", "us.", "zz", "com.", "www.zohoapis.eu", "e u", ".us"])
            return DataCentre(text) == nil ? nil : "\"\(text)\" is taken for a data centre"
        }
        let (name, domain, accounts) = random.pick(centres)
        let text = random.pick([name, name.uppercased(), domain, ".\(domain)"])
        guard let centre = DataCentre(text) else { return "the data centre \(text) is refused" }
        let (environment, subdomain) = random.pick([
            (DataCentre.CRMEnvironment.production, "www"), (.sandbox, "sandbox"),
            (.developer, "developer"),
        ])
        let api = "\(subdomain).zohoapis.\(domain)"
        guard centre.apiHost(environment) == api, centre.accountsHost == accounts,
            DataCentre.CRMEnvironment(apiHost: api) == environment
        else {
            return "the data centre \(text) has \(centre.apiHost(environment)) and "
                + "\(centre.accountsHost), and should have \(api) and \(accounts)"
        }
        return nil
    }

    // MARK: Times

    private static func date(_ random: inout SimulationGenerator) -> String? {
        let trial = TrialDate(&random)
        let read = RetryAfter.date(of: trial.text.utf8)
        if read != trial.seconds {
            return "the date \(trial.text) is read as \(read ?? -1), and is \(trial.seconds ?? -1)"
        }
        guard let seconds = trial.seconds else { return nil }
        let wait = random.number(-100...5_000)
        let found = RetryAfter.seconds(of: " \(trial.text)".utf8, now: seconds - Int64(wait))
        return found == max(0, wait)
            ? nil : "a pause until \(trial.text), \(wait) s from then, is \(found ?? -1) s"
    }

    // MARK: Bytes

    private static func checksum(_ random: inout SimulationGenerator) -> String? {
        let count = random.number(0...200)
        let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        var digest = SHA256()
        var start = 0
        while start < count {
            let end = min(count, start + random.number(1...130))
            digest.update(Array(bytes[start..<end]))
            start = end
        }
        let found = SHA256.hexadecimal(digest.finish())
        let expected = OwnChecksum.hexadecimal(of: bytes)
        return found == expected
            ? nil : "the checksum of \(bytes) is \(expected), and it says \(found)"
    }

    // MARK: Settings

    /// What a run pins, read again from its journal as `resume` does.
    private static func settings(_ random: inout SimulationGenerator) -> String? {
        let meant = settingsDrawn(&random)
        var target = PinnedTarget(apiDomain: "https://www.zohoapis.eu")
        target.clientHash = "0123456789abcdef"
        let run = RunSettings(
            target: target, tool: "relsweep", tokens: NoTokens(),
            transport: { _, _, _ in preconditionFailure("nothing is sent") })
        let header = RunHeader(
            run: "run", job: "job", tool: "relsweep", startedAt: "", user: "", host: "",
            invocation: "", source: "", manifestFormat: meant.format?.rawValue ?? "csv",
            manifestDigest: "",
            manifestByteCount: 0, pinned: PinnedSettings.values(manifest: meant, run: run))
        do throws(RunningError) {
            let read = try PinnedSettings.manifestSettings(of: header)
            return read == meant ? nil : "pinned were \(meant), and read again is \(read)"
        } catch {
            return "what a run pins can't be read again: \(error.text), of \(meant)"
        }
    }

    private static func settingsDrawn(_ random: inout SimulationGenerator) -> ManifestSettings {
        var settings = ManifestSettings()
        settings.format = random.pick(ManifestFormat.allCases)
        if random.once(in: 2) {
            do throws(ColumnMap.Problem) {
                settings.columns = [
                    try ColumnMap.Entry("record_id=Campaign \"Id\""),
                    try ColumnMap.Entry("carry=a,b"),
                ]
            } catch {
                preconditionFailure("a column is not mapped: \(error.message)")
            }
        }
        if random.once(in: 2) {
            settings.defaults = [
                .init(.module, random.pick(["Campaigns", "", "a\\b"])),
                .init(.operation, "delink"),
            ]
        }
        let names = ["Campaigns", "Guests", "Leads"].compactMap { APIName($0) }
        if names.count == 3, random.once(in: 2) {
            settings.allowedPairs = [
                .init(
                    module: names[0], relatedList: names[1],
                    childModule: random.once(in: 2) ? names[2] : nil)
            ]
        }
        settings.skipsInvalid = random.once(in: 2)
        settings.allowsDeleteAll = random.once(in: 2)
        settings.pivot = random.pick([.auto, .asWritten])
        settings.command = random.pick([.run, .discover])
        if random.once(in: 2) {
            settings.discovery = DiscoverySettings(
                outputPath: "/out/children", form: random.pick([.delink, .update, .list]),
                replaces: random.once(in: 2))
        }
        return settings
    }

    /// Rows that are written out of a manifest are CSV for CSV, and JSON Lines for both kinds of
    /// JSON.
    private static func excerpt(_ random: inout SimulationGenerator) -> String? {
        let (format, meant) = random.pick([
            (ManifestFormat.csv, "csv"), (.json, "jsonl"), (.jsonLines, "jsonl"),
        ])
        let found = ManifestExcerpt.fileExtension(of: format)
        return found == meant ? nil : "rows of a \(format) manifest are written as \(found)"
    }
}
