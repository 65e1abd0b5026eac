import JSONText
import JobModel
package import Journaling
import ManifestReading
import ZohoAPI

/// The settings that may not differ between the starts of one run, as the journal's first record
/// holds them.
///
/// Digest, size and format of the manifest have members of their own in `RunHeader`. Rates,
/// concurrency, timeouts, retries and bounds are not here: they are free to change.
///
/// If you add a pin, also: its place in `values`, whether an older journal that lacks it means a
/// default (`compare` passes over what a journal does not name).
package enum PinnedSettings {
    /// Names in the order in which they are written.
    private enum Name: String, CaseIterable {
        case columns
        case defaults
        case allowedPairs = "allowed-pairs"
        case skipsInvalid = "skip-invalid"
        case recordDeleted = "record-deleted"
        case pivot
        case command
        case allowsDeleteAll = "allow-delete-all"
        case discoverOutput = "discover-output"
        case discoverForm = "discover-as"
        case discoverReplaces = "discover-force"
        case crmVersion = "crm-version"
        case idsPerCall = "ids-per-call"
        case targetBytes = "url-bytes"
        case attachmentsInBulk = "attachments-in-bulk"
        case deletedRecordsVersion = "deleted-records-version"
        case explicitIDs = "creator-pin"
        case apiDomain = "api-domain"
        case creatorURL = "creator-url"
        case accountsHost = "accounts-host"
        case client
        case organisation
        case simulated = "sandbox"

        /// Nothing is compared where either side does not know: a bare access token has no client,
        /// and an organisation can't always be read.
        var mayBeUnknown: Bool {
            switch self {
            case .client, .organisation: true
            default: false
            }
        }

        var isOfManifest: Bool {
            switch self {
            case .columns, .defaults, .allowedPairs, .skipsInvalid, .pivot, .command,
                .allowsDeleteAll:
                true
            default: false
            }
        }

        /// Recorded for `resume`, which has no option for it; not compared.
        var isRecordedOnly: Bool {
            switch self {
            case .discoverOutput, .discoverForm, .discoverReplaces: true
            default: false
            }
        }
    }

    /// Everything that a new run pins.
    package static func values(
        manifest: ManifestSettings, run: RunSettings
    ) -> [PinnedSetting] {
        Name.allCases.map { PinnedSetting($0.rawValue, value($0, manifest, run)) }
    }

    /// What differs between a journal's pins and the settings of this start, in the order of the
    /// pins.
    ///
    /// - Parameter manifest: nil = the journal's own are taken.
    package static func differences(
        pinned: [PinnedSetting], manifest: ManifestSettings?, run: RunSettings
    ) -> [PinnedDifference] {
        var differences: [PinnedDifference] = []
        for name in Name.allCases {
            guard let pin = pinned.first(where: { $0.name == name.rawValue }) else { continue }
            if name.isRecordedOnly || name.isOfManifest && manifest == nil { continue }
            let given = value(name, manifest ?? ManifestSettings(), run)
            if name.mayBeUnknown, pin.value.isEmpty || given.isEmpty { continue }
            if pin.value != given {
                differences.append(
                    PinnedDifference(name: name.rawValue, pinned: pin.value, given: given))
            }
        }
        return differences
    }

    /// The refusal (78) that names both values of everything that differs; nil when nothing does.
    package static func refusal(
        _ differences: [PinnedDifference], run: String
    ) -> RunningError? {
        guard !differences.isEmpty else { return nil }
        let list = differences.map {
            "\($0.name) is \"\($0.given)\" and was \"\($0.pinned)\" when the run began"
        }
        return RunningError(
            .pinnedSettings(differences),
            "run \(run) can't continue with other settings: " + list.joined(separator: "; ")
                + "; give the old ones, or give the run up with relsweep run --unfinished abandon")
    }

    private static func value(
        _ name: Name, _ manifest: ManifestSettings, _ run: RunSettings
    ) -> String {
        let target = run.target
        switch name {
        case .columns: return json(manifest.columns.map { [$0.argument] })
        case .defaults: return json(manifest.defaults.map { [$0.column.rawValue, $0.text] })
        case .allowedPairs:
            return json(
                manifest.allowedPairs.map { pair in
                    [pair.module, pair.relatedList, pair.childModule].compactMap { $0?.text }
                })
        case .skipsInvalid: return word(manifest.skipsInvalid)
        case .recordDeleted: return run.recordDeleted.rawValue
        case .pivot: return manifest.pivot.rawValue
        case .command: return manifest.command.rawValue
        case .allowsDeleteAll: return word(manifest.allowsDeleteAll)
        case .discoverOutput: return manifest.discovery?.outputPath ?? ""
        case .discoverForm: return manifest.discovery?.form.rawValue ?? ""
        case .discoverReplaces: return word(manifest.discovery?.replaces ?? false)
        case .crmVersion: return run.profile.crmVersion
        case .idsPerCall: return String(run.profile.idsPerCall)
        case .targetBytes: return String(run.profile.maximumTargetByteCount)
        case .attachmentsInBulk: return word(run.profile.sendsAttachmentsInBulk)
        case .deletedRecordsVersion: return run.profile.deletedRecordsVersion
        case .explicitIDs: return word(run.usesExplicitIDs)
        // A simulator has another port at every start.
        case .apiDomain: return target.isSimulated ? "" : target.apiDomain
        case .creatorURL: return target.isSimulated ? "" : target.creatorURL
        case .accountsHost: return target.isSimulated ? "" : target.accountsHost
        case .client: return target.clientHash
        case .organisation: return target.organisation
        case .simulated: return word(target.isSimulated)
        }
    }

    /// The manifest settings that a journal pins: `resume` needs nothing else to read the snapshot.
    ///
    /// - Throws: `journalDamaged` (74) when they can't be read: the record is whole, so a later
    ///   version wrote it.
    package static func manifestSettings(
        of header: RunHeader
    ) throws(RunningError) -> ManifestSettings {
        var settings = ManifestSettings()
        settings.format = ManifestFormat(word: header.manifestFormat)
        for pin in header.pinned {
            guard let name = Name(rawValue: pin.name) else { continue }
            switch name {
            case .columns:
                for texts in try lists(pin, count: 1...1) {
                    do throws(ColumnMap.Problem) {
                        settings.columns.append(try ColumnMap.Entry(texts[0]))
                    } catch {
                        throw unreadable(pin)
                    }
                }
            case .defaults:
                for texts in try lists(pin, count: 2...2) {
                    guard let column = KnownColumn(rawValue: texts[0]) else {
                        throw unreadable(pin)
                    }
                    settings.defaults.append(ColumnDefault(column, texts[1]))
                }
            case .allowedPairs:
                for texts in try lists(pin, count: 2...3) {
                    let names = texts.compactMap { APIName($0) }
                    guard names.count == texts.count else { throw unreadable(pin) }
                    settings.allowedPairs.append(
                        .init(
                            module: names[0], relatedList: names[1],
                            childModule: names.count == 3 ? names[2] : nil))
                }
            case .skipsInvalid: settings.skipsInvalid = pin.value == word(true)
            case .pivot:
                guard let pivot = ManifestSettings.Pivot(rawValue: pin.value) else {
                    throw unreadable(pin)
                }
                settings.pivot = pivot
            case .command:
                guard let command = JobCommand(rawValue: pin.value) else { throw unreadable(pin) }
                settings.command = command
            case .allowsDeleteAll: settings.allowsDeleteAll = pin.value == word(true)
            default: break
            }
        }
        settings.discovery = discovery(of: header)
        return settings
    }

    /// What the run's `discover` was to write; nil for a run of another command.
    package static func discovery(of header: RunHeader) -> DiscoverySettings? {
        func value(_ name: Name) -> String {
            header.pinned.first { $0.name == name.rawValue }?.value ?? ""
        }
        guard !value(.discoverOutput).isEmpty,
            let form = DiscoverySettings.Form(rawValue: value(.discoverForm))
        else { return nil }
        return DiscoverySettings(
            outputPath: value(.discoverOutput), form: form,
            replaces: value(.discoverReplaces) == word(true))
    }

    /// The organisation that the run began in; empty where it could not be read.
    package static func organisation(of header: RunHeader) -> String {
        header.pinned.first { $0.name == Name.organisation.rawValue }?.value ?? ""
    }

    private static func word(_ isSet: Bool) -> String { isSet ? "yes" : "no" }

    /// `[["module","Campaigns"]]`, in the order given.
    private static func json(_ lists: [[String]]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for texts in lists {
            writer.beginArray()
            for text in texts { writer.string(text) }
            writer.endArray()
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func lists(
        _ pin: PinnedSetting, count: ClosedRange<Int>
    ) throws(RunningError) -> [[String]] {
        let tree: JSONValue
        do throws(JSONError) {
            tree = try JSONTree.parse(Array(pin.value.utf8))
        } catch {
            throw unreadable(pin)
        }
        guard let elements = tree.array else { throw unreadable(pin) }
        var lists: [[String]] = []
        for element in elements {
            let texts = element.array?.compactMap(\.string) ?? []
            guard count.contains(texts.count) else { throw unreadable(pin) }
            lists.append(texts)
        }
        return lists
    }

    private static func unreadable(_ pin: PinnedSetting) -> RunningError {
        RunningError(
            .journalDamaged,
            "the journal pins \(pin.name) as \"\(pin.value)\", which this relsweep does not "
                + "understand; a later one wrote it")
    }
}
