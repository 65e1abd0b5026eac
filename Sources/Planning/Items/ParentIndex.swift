/// Maps each distinct id to a small number in order of first appearance: 4 bytes per row instead of
/// 8.
///
/// Open addressing with linear probing over a table of numbers; the ids are in a separate column. 8
/// bytes per id plus 5 to 11 for the table, small enough for the cache with hundreds of thousands
/// of parents.
final class ParentIndex {
    /// Distinct ids; the index is their number.
    private(set) var ids: UnsafeMutablePointer<UInt64>
    private(set) var count = 0
    private var idCapacity: Int
    /// 0 = free, otherwise number + 1.
    private var slots: UnsafeMutablePointer<UInt32>
    private var slotMask: Int
    private var slotShift: UInt64

    init() {
        idCapacity = 64
        ids = .allocate(capacity: idCapacity)
        slotMask = 127
        slotShift = 64 - 7
        slots = .allocate(capacity: 128)
        slots.initialize(repeating: 0, count: 128)
    }

    deinit {
        ids.deallocate()
        slots.deallocate()
    }

    /// The number of `id`; the previous `count` if it is new.
    @inline(__always)
    func number(of id: UInt64) -> UInt32 {
        var slot = Int(truncatingIfNeeded: ParentIndex.mixed(id) >> slotShift)
        while true {
            let entry = slots[slot]
            if entry == 0 { return add(id, at: slot) }
            if ids[Int(entry &- 1)] == id { return entry &- 1 }
            slot = (slot &+ 1) & slotMask
        }
    }

    /// The number of `id`; nil when it was never seen.
    func existingNumber(of id: UInt64) -> UInt32? {
        var slot = Int(truncatingIfNeeded: ParentIndex.mixed(id) >> slotShift)
        while slots[slot] != 0 {
            if ids[Int(slots[slot] - 1)] == id { return slots[slot] - 1 }
            slot = (slot + 1) & slotMask
        }
        return nil
    }

    /// Hashes ids, which are often consecutive, to 64 bits; a bijection.
    @inline(__always)
    static func mixed(_ id: UInt64) -> UInt64 {
        var value = (id ^ (id >> 32)) &* 0xD6E8_FEB8_6659_FD93
        value = (value ^ (value >> 32)) &* 0xD6E8_FEB8_6659_FD93
        return value ^ (value >> 32)
    }

    @inline(never)
    private func add(_ id: UInt64, at slot: Int) -> UInt32 {
        if count == idCapacity { growIDs() }
        let number = UInt32(count)
        ids[count] = id
        count += 1
        slots[slot] = number + 1
        // Three quarters full: longer probes would cost more than the table.
        if count * 4 > (slotMask + 1) * 3 { growSlots() }
        return number
    }

    private func growIDs() {
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: idCapacity * 2)
        larger.update(from: ids, count: count)
        ids.deallocate()
        ids = larger
        idCapacity *= 2
    }

    private func growSlots() {
        let slotCount = (slotMask + 1) * 2
        slots.deallocate()
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: 0, count: slotCount)
        slotMask = slotCount - 1
        slotShift -= 1
        for number in 0..<count {
            var slot = Int(truncatingIfNeeded: ParentIndex.mixed(ids[number]) >> slotShift)
            while slots[slot] != 0 { slot = (slot + 1) & slotMask }
            slots[slot] = UInt32(number) + 1
        }
    }
}
