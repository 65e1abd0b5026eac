/// Attachments and their state.
struct AttachmentStore: Sendable {
    /// Which file of which record.
    struct Name: Hashable, Sendable {
        var module: String
        var parent: UInt64
        var id: UInt64
    }

    struct Entry: Sendable {
        var name: Name
        var isPresent: Bool
        var isSeeded: Bool
        var isBystander: Bool
        /// Number of deletions: at most one.
        var deletions = 0
        /// Number of deletion requests after it was gone.
        var refusals = 0
    }

    private(set) var entries: [Entry] = []
    private var indices: [Name: Int] = [:]
    private var placesOfRecord: [World.RecordName: [Int]] = [:]

    func index(of name: Name) -> Int? { indices[name] }

    /// The index of the attachment, created from `entry` if unknown.
    mutating func index(orInsert entry: Entry) -> Int {
        if let place = indices[entry.name] { return place }
        let place = entries.count
        entries.append(entry)
        indices[entry.name] = place
        let record = World.RecordName(module: entry.name.module, id: entry.name.parent)
        placesOfRecord[record, default: []].append(place)
        return place
    }

    mutating func change(_ place: Int, _ body: (inout Entry) -> Void) {
        body(&entries[place])
    }

    /// A record's attachments, in order of creation.
    func present(at record: World.RecordName) -> [UInt64] {
        (placesOfRecord[record] ?? []).compactMap { place in
            entries[place].isPresent ? entries[place].name.id : nil
        }
    }

    /// Attachments seeded for deletion, and how many remain.
    var seeded: (count: Int, remaining: Int) {
        var count = 0
        var remaining = 0
        for entry in entries where entry.isSeeded && !entry.isBystander {
            count += 1
            if entry.isPresent { remaining += 1 }
        }
        return (count, remaining)
    }
}

extension World {
    /// Seeds a file attached to a record, and the record.
    ///
    /// - Parameters:
    ///   - module: by its API name; an unknown one becomes a custom module.
    ///   - bystander: true for a file that no call may touch.
    package mutating func addAttachment(
        module: String, id: UInt64, attachmentID: UInt64, bystander: Bool = false
    ) throws(WorldError) {
        guard id != 0, attachmentID != 0 else { throw .invalidID }
        try addRecord(customised: module, id: id)
        let place = attachments.index(
            orInsert: AttachmentStore.Entry(
                name: .init(module: recordsName(module), parent: id, id: attachmentID),
                isPresent: true, isSeeded: true, isBystander: bystander))
        if !bystander { attachments.change(place) { $0.isBystander = false } }
    }

    /// Whether the file exists now. In the universal world every file does until it is deleted.
    func holdsAttachment(_ name: AttachmentStore.Name) -> Bool {
        attachments.index(of: name).map { attachments.entries[$0].isPresent }
            ?? (kind == .universal)
    }

    /// Deletes a file that exists. Returns its previous state.
    mutating func deleteAttachment(_ name: AttachmentStore.Name) -> AttachmentStore.Entry {
        let place = attachments.index(orInsert: .unseeded(name, isPresent: true))
        let before = attachments.entries[place]
        precondition(before.isPresent, "\(name) was deleted and did not exist")
        attachments.change(place) {
            $0.isPresent = false
            $0.deletions += 1
        }
        return before
    }

    /// Counts a deletion request for a missing attachment.
    mutating func noteMissingAttachment(_ name: AttachmentStore.Name) {
        let place = attachments.index(orInsert: .unseeded(name, isPresent: false))
        attachments.change(place) { $0.refusals += 1 }
    }
}

extension AttachmentStore.Entry {
    static func unseeded(_ name: AttachmentStore.Name, isPresent: Bool) -> Self {
        Self(name: name, isPresent: isPresent, isSeeded: false, isBystander: false)
    }
}
