import Foundation
import JSONText
import Simulator
import Testing

/// Faults with effects in doubt, lost answers and late effects.
private let faultPlan =
    "429:4%,500:3%,html502:2%,reset:2%,reset-after:2%,cut:2%,slow:3%/20ms,chunked:30%"

@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `an update` {
    /// Price books with three products each, one price per product, and a bystander in each.
    private struct Prices {
        var world = World(.exact)
        var text = "operation,module,record_id,related_list,related_id,field:list_price:number\n"
        var prices: [(book: UInt64, product: UInt64, price: String)] = []

        init(books: Int) throws {
            for book in 0..<UInt64(books) {
                for product in 0..<UInt64(3) {
                    prices.append(
                        (
                            book: 3_652_397_000_000_100_001 + book,
                            product: 3_652_397_000_000_500_001 + book * 10 + product,
                            price: "\(book + 5).\(product)0"
                        ))
                }
                try world.addRelation(
                    module: "Price_Books", id: 3_652_397_000_000_100_001 + book, list: "Products",
                    relatedID: 3_652_397_000_000_900_001, bystander: true)
            }
            for (book, product, price) in prices {
                try world.addRelation(
                    module: "Price_Books", id: book, list: "Products", relatedID: product)
                text += "update,Price_Books,\(book),Products,\(product),\(price)\n"
            }
        }

        /// Every price equals the manifest's, byte for byte, and nothing else changed.
        func expect(_ ledger: Ledger, _ location: SourceLocation = #_sourceLocation) {
            for (book, product, price) in prices {
                let fields = ledger.linkFields(
                    module: "Price_Books", id: book, list: "Products", relatedID: product)
                let text = fields.first { $0.name == "list_price" }?.value.number?.text
                #expect(text == price, sourceLocation: location)
            }
            #expect(ledger.unwantedEffectCount == 0, sourceLocation: location)
        }
    }

    @Test func `sets exactly what the manifest says`() async throws {
        let prices = try Prices(books: 12)
        let place = try OperationFixture(manifest: prices.text, world: prices.world)
        let ended = try await place.end("run")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.number("updated") == 36)
        #expect(ended.number("calls") == 12)
        prices.expect(place.simulator.ledger())
    }

    @Test func `ends right under faults`() async throws {
        for style in [AnswerStyle.v2, .v8] {
            let prices = try Prices(books: 60)
            let place = try OperationFixture(
                manifest: prices.text, world: prices.world, style: style, faults: faultPlan)
            let ended = try await place.end("run", ["--retries", "12"])
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.number("updated") == 180)
            prices.expect(place.simulator.ledger())
        }
    }

    @Test(arguments: [0, 1, 6, 11, 14])
    func `killed anywhere it resumes`(_ answered: Int) async throws {
        let prices = try Prices(books: 16)
        let hanging = answered == 0 ? 1 : min(5, 16 - answered)
        let kind = answered % 2 == 0 ? "hang-after" : "hang"
        let place = try OperationFixture(
            manifest: prices.text, world: prices.world,
            faults: "\(kind)@\(answered + 1)-\(answered + hanging)")
        let resumed = try await place.killAndResume("run", hangs: hanging)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.number("updated") == 48)
        prices.expect(place.simulator.ledger())
    }
}

@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `a deletion of attachments` {
    private struct Files {
        var world = World(.exact)
        var text = "operation,module,record_id,related_id\n"
        var count = 0

        init(records: Int) throws {
            for record in 0..<UInt64(records) {
                let module = ["Leads", "Deals", "Contacts", "Invoices"][Int(record % 4)]
                let id = 3_652_397_000_000_700_001 + record
                for file in 0..<UInt64(2) {
                    let attachment = 3_652_397_000_001_000_001 + record * 10 + file
                    try world.addAttachment(module: module, id: id, attachmentID: attachment)
                    text += "delete-attachment,\(module),\(id),\(attachment)\n"
                    count += 1
                }
                try world.addAttachment(
                    module: module, id: id, attachmentID: 3_652_397_000_001_000_009 + record * 10,
                    bystander: true)
            }
        }

        func expect(_ ledger: Ledger, _ location: SourceLocation = #_sourceLocation) {
            #expect(ledger.seededAttachments.remaining == 0, sourceLocation: location)
            #expect(ledger.counts.attachmentsDeleted == count, sourceLocation: location)
            #expect(ledger.unwantedEffectCount == 0, sourceLocation: location)
        }
    }

    @Test func `deletes exactly what the manifest names`() async throws {
        let files = try Files(records: 12)
        let place = try OperationFixture(manifest: files.text, world: files.world)
        let ended = try await place.end("run")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.number("deleted") == 24)
        #expect(ended.number("calls") == 24)
        files.expect(place.simulator.ledger())
    }

    @Test func `ends right under faults`() async throws {
        let files = try Files(records: 80)
        let place = try OperationFixture(
            manifest: files.text, world: files.world, faults: faultPlan)
        let ended = try await place.end("run", ["--retries", "12"])
        #expect(ended.status == 0, "\(ended.errors)")
        #expect((ended.number("deleted") ?? 0) + (ended.number("absent") ?? 0) == 160)
        files.expect(place.simulator.ledger())
    }

    @Test(arguments: [0, 1, 6, 11, 17])
    func `killed anywhere it resumes`(_ answered: Int) async throws {
        let files = try Files(records: 10)
        let kind = answered % 2 == 0 ? "hang-after" : "hang"
        // One call of each of the four kinds goes alone first.
        let hanging = answered == 0 ? 1 : 2
        let place = try OperationFixture(
            manifest: files.text, world: files.world,
            faults: "\(kind)@\(answered + 1)-\(answered + hanging)")
        let resumed = try await place.killAndResume("run", hangs: 1)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect((resumed.number("deleted") ?? 0) + (resumed.number("absent") ?? 0) == 20)
        files.expect(place.simulator.ledger())
    }
}

@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `what a run leaves` {
    /// Failed or abandoned updates of a JSON manifest can be rerun from the report files.
    @Test func `is a manifest of its own, with every field as it was`() async throws {
        var world = World(.exact)
        var items: [String] = []
        for lead in UInt64(1)...6 {
            if lead < 6 {
                try world.addRelation(
                    module: "Campaigns", id: 100 + lead % 3, list: "Leads", relatedID: lead)
            } else {
                // The parent of the last one does not exist.
                try world.addRecord(module: "Leads", id: lead)
            }
            items.append(
                #"{"record_id": "\#(lead < 6 ? 100 + lead % 3 : 999)", "related_id": "\#(lead)", "#
                    + #""fields": {"Member_Status": "a, \"b\"", "Rank": 50.560}}"#)
        }
        let text =
            #"{"defaults": {"operation": "update", "module": "Campaigns", "related_list": "Leads"},"#
            + #""items": [\#(items.joined(separator: ", "))]}"#
        let place = try OperationFixture(
            manifest: text, named: "job.json", world: world, faults: "hang@2")
        let program = try place.begin("run", ["--concurrency", "1"])
        let simulator = place.simulator
        #expect(await program.send(signal: SIGKILL) { simulator.ledger().counts.hangs >= 1 })
        _ = await program.end()
        let first = try place.runDirectory()
        // Another manifest of the same job: the old run is abandoned, and the new one fails
        // partially.
        try text.replacing("50.560", with: "50.561").write(
            to: place.manifest, atomically: true, encoding: .utf8)
        let other = try await place.end("run", ["--unfinished", "abandon"])
        #expect(other.status == 3, "\(other.errors)")
        #expect(other.number("failed") == 1)
        let journal = URL(filePath: try #require(other.text("journal")))
        let second = journal.deletingLastPathComponent()
        for (file, items, price) in [
            (first.appending(path: "pending.jsonl"), 5, "50.560"),
            (second.appending(path: "failed.jsonl"), 1, "50.561"),
        ] {
            let plan = try await Program.run(["plan", file.path, "--json"], in: place.folder)
            #expect(plan.status == 0, "\(plan.errors)")
            #expect(plan.number("items") == items)
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == items)
            for line in lines {
                #expect(
                    line.hasPrefix(
                        #"{"operation":"update","module":"Campaigns","related_list":"Leads","#),
                    "\(line)")
                #expect(
                    line.hasSuffix(
                        #""fields": {"Member_Status": "a, \"b\"", "Rank": \#(price)}}"#), "\(line)")
            }
        }
    }
}
