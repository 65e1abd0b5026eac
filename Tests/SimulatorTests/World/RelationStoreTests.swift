import Testing

@testable import Simulator

@Suite struct RelationStoreTests {
    @Test func `a hundred thousand relations are found again and counted once`() throws {
        var world = World(.exact)
        world.reserveRelations(1_000)
        let count: UInt64 = 100_000
        for id in 1...count {
            try world.addRelation(module: "Leads", id: id, list: "Campaigns", relatedID: id % 7 + 1)
        }
        for id in stride(from: 1, through: count, by: 3) {
            try world.addRelation(
                module: "Campaigns", id: id % 7 + 1, list: "Leads", relatedID: id, bystander: true)
        }
        #expect(world.seededCount == Int(count))
        #expect(world.bystanderCount == 0)
        var foundCount = 0
        for id in 1...count {
            for campaign in [id % 7 + 1, id % 7 + 2]
            where world.holds(
                Relation(pair: .campaignsLeads, module: .leads, parent: id, related: campaign))
            {
                foundCount += 1
            }
        }
        #expect(foundCount == Int(count))
        #expect(world.holdsRecord(.relating(.leads), count))
        #expect(!world.holdsRecord(.relating(.leads), count + 1))
        #expect(!world.holdsRecord(.relating(.contacts), 1))
    }

    @Test func `a manifest's relation is no bystander any more`() throws {
        var world = World(.universal)
        try world.addRelation(
            module: "Products", id: 1, list: "Deals", relatedID: 2, bystander: true)
        #expect(world.bystanderCount == 1)
        try world.addRelation(module: "Potentials", id: 2, list: "Products", relatedID: 1)
        #expect(world.bystanderCount == 0)
        #expect(world.seededCount == 1)
    }

    @Test func `what is no relation cannot be seeded`() {
        var world = World(.exact)
        #expect(throws: WorldError.unsupportedModule("Notes")) {
            try world.addRelation(module: "Notes", id: 1, list: "Leads", relatedID: 2)
        }
        #expect(throws: WorldError.unsupportedList(module: "Leads", list: "Notes")) {
            try world.addRelation(module: "Leads", id: 1, list: "Notes", relatedID: 2)
        }
        #expect(throws: WorldError.unsupportedList(module: "Leads", list: "Contacts")) {
            try world.addRelation(module: "Leads", id: 1, list: "Contacts", relatedID: 2)
        }
        #expect(throws: WorldError.invalidID) {
            try world.addRelation(module: "Leads", id: 0, list: "Campaigns", relatedID: 2)
        }
        #expect(throws: WorldError.unsupportedModule("Documents")) {
            try world.addRecord(module: "Documents", id: 1)
        }
    }

    @Test func `a record set finds what it was given`() {
        var records = RecordSet()
        var generator = SeededGenerator(seed: 9)
        var reference: Set<UInt64> = []
        for _ in 0..<5_000 {
            let id = 1 + generator.number(below: 4_000)
            #expect(records.insert(id) == reference.insert(id).inserted)
        }
        #expect(records.count == reference.count)
        for id: UInt64 in 1...4_001 { #expect(records.contains(id) == reference.contains(id)) }
    }

    @Test func `timers come in the order of their deadlines, then as they were set`() {
        var timers = TimerQueue()
        var generator = SeededGenerator(seed: 2)
        var expected: [(deadline: Int64, slot: Int)] = []
        for slot in 0..<2_000 {
            let deadline = Int64(generator.number(below: 300))
            timers.insert(deadline: deadline, slot: slot, generation: 1)
            expected.append((deadline, slot))
        }
        expected.sort { ($0.deadline, $0.slot) < ($1.deadline, $1.slot) }
        #expect(timers.nextDeadline == expected[0].deadline)
        #expect(timers.popDue(at: -1) == nil)
        for entry in expected {
            let popped = timers.popDue(at: 300)
            #expect(popped?.deadline == entry.deadline)
            #expect(popped?.slot == entry.slot)
        }
        #expect(timers.popDue(at: 300) == nil)
    }
}
