// The answer to GET /__ledger, version 1. All ids are strings: 19 digits exceed the precision of
// JSON numbers in most languages.
//
//     {"version":1,"world":"exact","style":"v2",
//      "calls":4,"refusedByLimit":0,"resets":0,"hangs":0,
//      "maximumActiveCalls":2,"maximumCallsPerMinute":4,"creditsUsed":4,
//      "callsByKind":{"delink":3,…},"answersByStatus":{"200":3,…},"faults":{"429":1,…},
//      "relations":{"seeded":200,"seededRemaining":0,"seededRemovals":200,"bystanders":50,
//                   "bystanderChanges":0,"unseededRemovals":0,"removed":200,"alreadyGone":1,
//                   "repeatedInRequest":0,"added":0,"updated":0,"lostWithRecords":0},
//      "childrenDeleted":0,"recordsDeleted":0,
//      "attachments":{"seeded":3,"seededRemaining":0,"deleted":3,"alreadyGone":1,
//                     "unseededDeletions":0,"bystanderDeletions":0},
//      "deletedChildrenListed":0,
//      "creator":{"recordsDeleted":450,"bystandersDeleted":0,"failedDeletions":2,"rounds":3,
//                 "workflowsStarted":0,"refusedByMinute":0,"refusedByDay":0,
//                 "maximumActiveCalls":1,"maximumCallsPerMinute":3,
//                 "deletions":[{"environment":"stage","owner","app","report",
//                               "user":"demouser_1","records":450,"rounds":3},…]},
//      "accounts":{"requests":2,"exchanges":1,"codeExchanges":0,"failures":1,"throttled":0,
//                  "lockOuts":0,"revocations":0,"refusedTokens":0,"refusedScopes":0},
//  and without ?summary=1 also
//      "removed":[{"module":"Campaigns","id":"1","list":"Leads","relatedId":"2",
//                  "removals":1,"alreadyGone":0,"present":false,"seeded":true,
//                  "bystander":false},…],
//      "missed":[the same for relations asked for and not removed],
//      "changed":[the same for relations updated, or lost with a record, and not removed],
//      "deletedChildren":[{"module","id","list","relatedId"},…],
//      "deletedRecords":[{"module","id"},…],
//      "deletedAttachments":[{"module","id","attachmentId"},…],
//      "creatorReports":[{"environment","owner","app","report",
//                         "remaining":["id",…],"deleted":["id",…]},…]}
//
// `removed`, `missed` and `changed` are canonical: the parent is Campaigns or Products, whichever
// end was asked. Their order is that in which the simulator first heard of a relation.
//
// If you change this, raise the version and update Simulator.md.

import JSONText

extension Ledger {
    /// The ledger as JSON.
    ///
    /// - Parameter isSummary: leaves out the lists, which can be as long as the world is large.
    package func json(isSummary: Bool) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("version", integer: 1)
        writer.member("world", string: world.kind == .exact ? "exact" : "universal")
        writer.member("style", string: style.rawValue)
        writeCalls(&writer)
        writeNumbers(&writer)
        if !isSummary { writeLists(&writer) }
        writer.endObject()
        return writer.bytes
    }

    private func writeCalls(_ writer: inout JSONWriter) {
        writer.member("calls", integer: counts.calls)
        writer.member("refusedByLimit", integer: counts.refusedByLimit)
        writer.member("resets", integer: counts.resets)
        writer.member("hangs", integer: counts.hangs)
        writer.member("maximumActiveCalls", integer: counts.maximumActiveCalls)
        writer.member("maximumCallsPerMinute", integer: counts.maximumCallsPerMinute)
        writer.member("creditsUsed", integer: counts.creditsUsed)
        writer.key("callsByKind")
        writer.beginObject()
        for kind in LedgerCounts.CallKind.allCases {
            if let count = counts.callsByKind[kind] { writer.member(kind.rawValue, integer: count) }
        }
        writer.endObject()
        writer.key("answersByStatus")
        writer.beginObject()
        for entry in counts.answersByStatus.sorted(by: { $0.status < $1.status }) {
            writer.member(String(entry.status), integer: entry.count)
        }
        writer.endObject()
        writer.key("faults")
        writer.beginObject()
        for kind in FaultPlan.Kind.allCases {
            if let count = counts.faults[kind] { writer.member(kind.rawValue, integer: count) }
        }
        writer.endObject()
    }

    private func writeNumbers(_ writer: inout JSONWriter) {
        writer.key("relations")
        writer.beginObject()
        writer.member("seeded", integer: seededCount)
        writer.member("seededRemaining", integer: seededRemaining)
        writer.member("seededRemovals", integer: counts.seededRemovals)
        writer.member("bystanders", integer: bystanderCount)
        writer.member("bystanderChanges", integer: counts.bystanderChanges)
        writer.member("unseededRemovals", integer: counts.unseededRemovals)
        writer.member("removed", integer: counts.relationsRemoved)
        writer.member("alreadyGone", integer: counts.alreadyGone)
        writer.member("repeatedInRequest", integer: counts.repeatedInRequest)
        writer.member("added", integer: counts.relationsAdded)
        writer.member("updated", integer: counts.relationsUpdated)
        writer.member("lostWithRecords", integer: counts.relationsLostWithRecords)
        writer.endObject()
        writer.member("childrenDeleted", integer: counts.deletedChildren.count)
        writer.member("recordsDeleted", integer: counts.deletedRecords.count)
        writer.key("attachments")
        writer.beginObject()
        let seeded = seededAttachments
        writer.member("seeded", integer: seeded.count)
        writer.member("seededRemaining", integer: seeded.remaining)
        writer.member("deleted", integer: counts.attachmentsDeleted)
        writer.member("alreadyGone", integer: counts.attachmentsAlreadyGone)
        writer.member("unseededDeletions", integer: counts.unseededAttachmentsDeleted)
        writer.member("bystanderDeletions", integer: counts.bystanderAttachmentsDeleted)
        writer.endObject()
        writer.member("deletedChildrenListed", integer: counts.deletedChildrenListed)
        writeCreator(&writer)
        writeAccounts(&writer)
    }

    private func writeLists(_ writer: inout JSONWriter) {
        let touched = touchedRelations
        write("removed", touched.filter { $0.removals > 0 }, &writer)
        write("missed", touched.filter { $0.removals == 0 && $0.alreadyGone > 0 }, &writer)
        write("changed", touched.filter { $0.removals == 0 && $0.alreadyGone == 0 }, &writer)
        writer.key("deletedChildren")
        writer.beginArray()
        for child in counts.deletedChildren {
            writer.beginObject()
            writer.member("module", string: child.module)
            writer.member("id", string: String(child.id))
            writer.member("list", string: child.list)
            writer.member("relatedId", string: String(child.relatedID))
            writer.endObject()
        }
        writer.endArray()
        writer.key("deletedRecords")
        writer.beginArray()
        for record in counts.deletedRecords {
            writer.beginObject()
            writer.member("module", string: record.module)
            writer.member("id", string: String(record.id))
            writer.endObject()
        }
        writer.endArray()
        writer.key("deletedAttachments")
        writer.beginArray()
        for entry in world.attachments.entries where entry.deletions > 0 {
            writer.beginObject()
            writer.member("module", string: entry.name.module)
            writer.member("id", string: String(entry.name.parent))
            writer.member("attachmentId", string: String(entry.name.id))
            writer.endObject()
        }
        writer.endArray()
        writer.key("creatorReports")
        writer.beginArray()
        for report in creatorReports {
            writer.beginObject()
            write(report.report, &writer)
            writer.key("remaining")
            writer.quotedIntegers(report.remaining)
            writer.key("deleted")
            writer.quotedIntegers(report.deleted)
            writer.endObject()
        }
        writer.endArray()
    }

    private func writeCreator(_ writer: inout JSONWriter) {
        let creator = counts.creator
        writer.key("creator")
        writer.beginObject()
        writer.member("recordsDeleted", integer: creator.recordsDeleted)
        writer.member("bystandersDeleted", integer: creator.bystandersDeleted)
        writer.member("failedDeletions", integer: creator.failedDeletions)
        writer.member("rounds", integer: creator.rounds)
        writer.member("workflowsStarted", integer: creator.workflowsStarted)
        writer.member("refusedByMinute", integer: creator.refusedByMinute)
        writer.member("refusedByDay", integer: creator.refusedByDay)
        writer.member("maximumActiveCalls", integer: creator.maximumActiveCalls)
        writer.member("maximumCallsPerMinute", integer: creator.maximumCallsPerMinute)
        writer.key("deletions")
        writer.beginArray()
        for deletion in creator.deletions {
            writer.beginObject()
            write(deletion.report, &writer)
            writer.member("user", string: deletion.user)
            writer.member("records", integer: deletion.records)
            writer.member("rounds", integer: deletion.rounds)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private func writeAccounts(_ writer: inout JSONWriter) {
        let accounts = counts.accounts
        writer.key("accounts")
        writer.beginObject()
        writer.member("requests", integer: accounts.requests)
        writer.member("exchanges", integer: accounts.exchanges)
        writer.member("codeExchanges", integer: accounts.codeExchanges)
        writer.member("failures", integer: accounts.failures)
        writer.member("throttled", integer: accounts.throttled)
        writer.member("lockOuts", integer: accounts.lockOuts)
        writer.member("revocations", integer: accounts.revocations)
        writer.member("refusedTokens", integer: accounts.refusedTokens)
        writer.member("refusedScopes", integer: accounts.refusedScopes)
        writer.endObject()
    }

    private func write(_ name: CreatorReportName, _ writer: inout JSONWriter) {
        writer.member("environment", string: name.environment.rawValue)
        writer.member("owner", string: name.owner)
        writer.member("app", string: name.application)
        writer.member("report", string: name.report)
    }

    private func write(
        _ key: String, _ relations: [RelationHistory], _ writer: inout JSONWriter
    ) {
        writer.key(key)
        writer.beginArray()
        for relation in relations {
            writer.beginObject()
            writer.member("module", string: relation.module)
            writer.member("id", string: String(relation.id))
            writer.member("list", string: relation.list)
            writer.member("relatedId", string: String(relation.relatedID))
            writer.member("removals", integer: relation.removals)
            writer.member("alreadyGone", integer: relation.alreadyGone)
            writer.member("present", bool: relation.isPresent)
            writer.member("seeded", bool: relation.isSeeded)
            writer.member("bystander", bool: relation.isBystander)
            writer.endObject()
        }
        writer.endArray()
    }
}
