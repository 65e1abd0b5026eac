// Relations in columns: 21 bytes each plus 4 to 8 bytes of hash index, 30 MB per million. Entries
// are never removed, because the ledger reports on removed relations.

/// Every relation that was seeded or has changed.
struct RelationStore: Sendable {
    /// What is known of one relation.
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        /// The relation exists now.
        static let present = Flags(rawValue: 1)
        /// It is a bystander.
        static let bystander = Flags(rawValue: 2)
        /// It was seeded, by a manifest or as a bystander.
        static let seeded = Flags(rawValue: 4)
        /// It vanished because a record of it was deleted.
        static let lostWithRecord = Flags(rawValue: 8)
        /// An update created it or set its fields.
        static let updated = Flags(rawValue: 16)
    }

    private(set) var firsts: [UInt64] = []
    private(set) var seconds: [UInt64] = []
    private(set) var pairs: [UInt8] = []
    private(set) var flags: [Flags] = []
    /// How often a request removed it.
    private(set) var removals: [UInt16] = []
    /// How often a request asked to remove it when it was not there.
    private(set) var refusals: [UInt16] = []
    /// Entry number + 1, or 0; the size is a power of two, at least half of it is empty.
    private var slots: [UInt32] = Array(repeating: 0, count: 16)

    var count: Int { firsts.count }

    mutating func reserve(_ capacity: Int) {
        firsts.reserveCapacity(capacity)
        seconds.reserveCapacity(capacity)
        pairs.reserveCapacity(capacity)
        flags.reserveCapacity(capacity)
        removals.reserveCapacity(capacity)
        refusals.reserveCapacity(capacity)
        while slots.count < capacity * 2 { grow() }
    }

    func relation(at entry: Int) -> Relation {
        guard let pair = RelationPair(rawValue: pairs[entry]) else {
            preconditionFailure("entry \(entry) has the unknown pair \(pairs[entry])")
        }
        return Relation(
            pair: pair, module: pair.first, parent: firsts[entry], related: seconds[entry])
    }

    func entry(of relation: Relation) -> Int? {
        let slot = slots[slot(of: relation)]
        return slot == 0 ? nil : Int(slot) - 1
    }

    /// The entry of `relation`, made with `initial` flags if it is new.
    mutating func entry(of relation: Relation, orInsert initial: Flags) -> (Int, isNew: Bool) {
        let place = slot(of: relation)
        if slots[place] != 0 { return (Int(slots[place]) - 1, false) }
        firsts.append(relation.first)
        seconds.append(relation.second)
        pairs.append(relation.pair.rawValue)
        flags.append(initial)
        removals.append(0)
        refusals.append(0)
        precondition(count < Int(UInt32.max), "\(count) relations exceed 32 bits")
        slots[place] = UInt32(count)
        if count * 2 > slots.count { grow() }
        return (count - 1, true)
    }

    mutating func setFlags(_ new: Flags, at entry: Int) {
        flags[entry] = new
    }

    mutating func countRemoval(at entry: Int) {
        if removals[entry] < .max { removals[entry] += 1 }
    }

    mutating func countRefusal(at entry: Int) {
        if refusals[entry] < .max { refusals[entry] += 1 }
    }

    /// The slot that holds `relation`, or the empty one where it belongs.
    private func slot(of relation: Relation) -> Int {
        let mask = slots.count - 1
        var place = hash(relation.first, relation.second, relation.pair.rawValue) & mask
        while slots[place] != 0 {
            let entry = Int(slots[place]) - 1
            if seconds[entry] == relation.second, firsts[entry] == relation.first,
                pairs[entry] == relation.pair.rawValue
            {
                return place
            }
            place = (place + 1) & mask
        }
        return place
    }

    private func hash(_ first: UInt64, _ second: UInt64, _ pair: UInt8) -> Int {
        let low = SeededGenerator.scrambled(second &+ UInt64(pair))
        return Int(truncatingIfNeeded: SeededGenerator.scrambled(first ^ low))
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for entry in 0..<count {
            var place = hash(firsts[entry], seconds[entry], pairs[entry]) & mask
            while slots[place] != 0 { place = (place + 1) & mask }
            slots[place] = UInt32(entry + 1)
        }
    }
}

/// A set of record ids; eight bytes a slot, at least half of the slots are empty.
struct RecordSet: Sendable {
    /// 0 is no id, so it marks an empty slot.
    private var slots: [UInt64] = Array(repeating: 0, count: 16)
    private(set) var count = 0

    func contains(_ id: UInt64) -> Bool {
        slots[slot(of: id)] != 0
    }

    /// Returns whether it was new.
    @discardableResult
    mutating func insert(_ id: UInt64) -> Bool {
        precondition(id != 0, "record id 0 was added")
        let place = slot(of: id)
        if slots[place] != 0 { return false }
        slots[place] = id
        count += 1
        if count * 2 > slots.count {
            let old = slots
            slots = Array(repeating: 0, count: old.count * 2)
            for id in old where id != 0 { slots[slot(of: id)] = id }
        }
        return true
    }

    private func slot(of id: UInt64) -> Int {
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: SeededGenerator.scrambled(id)) & mask
        while slots[place] != 0, slots[place] != id { place = (place + 1) & mask }
        return place
    }
}
