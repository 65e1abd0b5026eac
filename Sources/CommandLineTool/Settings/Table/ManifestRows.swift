package import JobModel
package import ManifestReading
package import Running

/// How a manifest is read, and what calls are made of it.
package struct ManifestRows: SettingGroup, Sendable {
    let title = "Manifest"

    package let format = Setting<ManifestFormat?>(
        "manifest.format", .choice, option: "--format csv|json|jsonl", commands: .planning,
        isPinned: true, help: "format of the manifest, unless its extension shows it")
    package let operation = Setting<Operation?>(
        "manifest.operation", .choice, option: "--operation NAME", commands: .planning,
        isPinned: true, help: "operation of all rows, if the manifest has no such column",
        more: "Never replaces an empty cell, and neither do the two below.",
        example: "\"delink\"")
    package let module = Setting(
        "manifest.module", .apiName, option: "--module NAME", commands: .planning, isPinned: true,
        help: "module of all rows, if the manifest has no such column",
        example: "\"Campaigns\"")
    package let relatedList = Setting(
        "manifest.relatedList", .apiName, option: "--related-list NAME", commands: .planning,
        isPinned: true, help: "related list of all rows, if the manifest has no such column",
        example: "\"Leads\"")
    package let columns = Setting(
        "manifest.columns", .columns, default: [], option: "--column NAME=HEADER",
        commands: .planning, isPinned: true,
        help: "read a column that has another header: record_id=\"Campaign Id\"",
        example: "{ record_id: \"Campaign Id\", related_id: \"Lead Id\" }")
    package let skipInvalid = Setting(
        "skipInvalid", .flag, default: false, option: "--skip-invalid",
        commands: [.plan, .run, .discover, .authCheck], isPinned: true,
        help: "leave out rows with one invalid value, at most 5% of them",
        helpByCommand: [
            .run: "leave out rows with one invalid value, at most 5% of them (exit 3)",
            .discover: "leave out rows with one invalid value, at most 5% of them (exit 3)",
        ], more: "The run then exits 3.")
    package let pivot = Setting(
        "pivot", .choice, default: ManifestSettings.Pivot.auto, option: "--pivot auto|as-written",
        commands: [.plan, .run, .authCheck], isPinned: true,
        help: "side of a relation to call from; auto does what as-written does in this version")
    package let idsPerCall = Setting(
        "idsPerCall", .integer(1...100), default: 100, isPinned: true,
        help: "maximum related ids per call", more: "Zoho allows 100.")
    package let maximumURLBytes = Setting(
        "maxUrlBytes", .integer(200...8_000), default: 2_200, isPinned: true,
        help: "maximum bytes of a request's path and query")
    package let recordDeleted = Setting(
        "delink.recordDeleted", .choice, default: RecordDeletedPolicy.halt, isPinned: true,
        help: "what to do when a delink deleted a record",
        more: """
            halt exits 76; warn continues. Up to API v7 the answer's text shows it. From v8 on \
            it does not: the first item of each list is sent alone and its record is read back \
            before anything else is sent (scope ZohoCRM.modules.{module of the related \
            records}.READ). If the record is gone or not readable, halt stops the run; warn \
            reports it and continues unverified.
            """)
    package let allowedLists = Setting(
        "delink.allowedLists", .list(of: .relatedList), default: [], isPinned: true,
        help: "many-to-many lists of your own account, as Module/List",
        more: """
            List only what you know to be many-to-many: on a one-to-many list a delink deletes \
            the child records. Calls carry one item each, one at a time, until one relation was \
            removed; the plan counts one such call. Add the module of the records if it is not \
            the list's name: they are read back from there.
            """, example: "[\"Courses/Students\", \"Courses/Enrolled_Students:Students\"]")
    package let attachmentsInBulk = Setting(
        "attachments.inBulk", .flag, default: false, isPinned: true,
        help: "delete up to 100 attachments of a record per call (ids=…)",
        more: "Zoho's SDKs do so, but no REST page describes it.")
    package let creatorPin = Setting(
        "creator.pin", .flag, default: false, isPinned: true,
        help: "list the records before each Creator round and delete them by id",
        more: """
            Every record is then accounted for, even if an answer is lost, at twice the calls. \
            Needs the scope ZohoCreator.report.READ in addition to DELETE.
            """)
    package let creatorConcurrency = Setting(
        "creator.concurrency", .integer(1...1_000), default: 2,
        help: "maximum Creator rounds in flight", more: "Rounds of one report never overlap.")
    package let creatorCallsPerMinute = Setting(
        "creator.callsPerMinute", .integer(1...1_000_000), default: 45,
        help: "maximum Creator calls in any 60 seconds", more: "Zoho allows 50.")
    package let allowDeleteAll = Setting(
        "allowDeleteAll", .flag, default: false, option: "--allow-delete-all",
        commands: [.plan, .run], isPinned: true,
        help: "accept Creator criteria that match every record of a report",
        more: "An example is ID != 0. Such rows need max_records as well.")
}
