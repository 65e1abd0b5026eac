package import JobModel
package import ManifestReading
package import ZohoAPI

/// How a manifest is read and planned. All of it is pinned for the length of a run.
package struct ManifestSettings: Equatable, Sendable {
    /// A many-to-many list of the account, from the configuration.
    package struct AllowedPair: Equatable, Sendable {
        package var module: APIName
        package var relatedList: APIName
        /// The module of the list's records; nil = named as the list.
        package var childModule: APIName?

        package init(module: APIName, relatedList: APIName, childModule: APIName? = nil) {
            self.module = module
            self.relatedList = relatedList
            self.childModule = childModule
        }

        /// Reads `Module/List` or `Module/List:Child`; nil for anything else.
        package init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let module = APIName(String(parts[0])) else { return nil }
            let names = parts[1].split(separator: ":", omittingEmptySubsequences: false)
                .map { APIName(String($0)) }
            guard names.count <= 2, !names.contains(nil), let list = names[0] else { return nil }
            self.init(
                module: module, relatedList: list, childModule: names.count == 2 ? names[1] : nil)
        }

        /// `Module/List` or `Module/List:Child`.
        package var text: String {
            "\(module)/\(relatedList)" + (childModule.map { ":\($0)" } ?? "")
        }
    }

    /// Which end calls are made from.
    package enum Pivot: String, CaseIterable, Sendable {
        case auto
        case asWritten = "as-written"
    }

    /// nil = by the file's extension.
    package var format: ManifestFormat?
    /// `--column`.
    package var columns: [ColumnMap.Entry] = []
    package var defaults: [ColumnDefault] = []
    package var allowedPairs: [AllowedPair] = []
    package var skipsInvalid = false
    package var pivot = Pivot.auto
    /// Which rows are executed; the others are an error.
    package var command = JobCommand.run
    /// Creator criteria that match every record of a report are meant (`--allow-delete-all`).
    package var allowsDeleteAll = false
    /// What `discover` writes; kept in the journal, so that `resume` can write it. Not compared.
    package var discovery: DiscoverySettings?

    package init() {}

    /// The modules of allowed lists whose names are not their modules'; only looked up.
    package var childModules: [RelatedListName: APIName] {
        var modules: [RelatedListName: APIName] = [:]
        for pair in allowedPairs {
            let list = RelatedListName(module: pair.module, relatedList: pair.relatedList)
            modules[list] = pair.childModule
        }
        return modules
    }
}

/// What `discover` writes.
package struct DiscoverySettings: Equatable, Sendable {
    package enum Form: String, CaseIterable, Sendable {
        /// A manifest of delinks, written from the related records' side because the parent is
        /// deleted.
        case delink
        /// The same rows as updates, with the fields read as link fields.
        case update
        /// Every child with its fields; no manifest.
        case list
    }

    /// Where the output goes: an absolute path.
    package var outputPath: String
    package var form: Form
    /// `--force`: a file that is there already is replaced.
    package var replaces: Bool

    package init(outputPath: String, form: Form = .delink, replaces: Bool = false) {
        self.outputPath = outputPath
        self.form = form
        self.replaces = replaces
    }
}
