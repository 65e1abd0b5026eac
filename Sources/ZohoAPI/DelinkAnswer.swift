/// What is particular to the answers of delinks.
///
/// Document "Delink Related Records": each element has `code` SUCCESS, `status` success and the
/// related record's id in `details.id`. An element INVALID_DATA ("relation not found" in newer
/// versions) carries the id too, and says the same of a relation that was removed already and of
/// one that never was: `absent`, not a failure.
package enum DelinkAnswer {
    /// Whether a successful delink claims to have deleted a record.
    ///
    /// On a one-to-many list the same request deletes the child records, and then this is all that
    /// tells. Zoho's newest files have "record deleted" as a sample for plain delinks as well,
    /// hence `delink.recordDeleted: halt|warn`. The only use of a message's text, and never to see
    /// a success in it.
    package static func saysRecordDeleted(_ said: String) -> Bool {
        // The usual words, before anything costs time.
        if said == "relation removed" { return false }
        let words = said.lowercased()
        return words.contains("record deleted") || words.contains("records deleted")
            || words.contains("record has been deleted")
    }
}
