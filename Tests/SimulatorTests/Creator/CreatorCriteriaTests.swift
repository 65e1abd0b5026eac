import JSONText
import Testing

@testable import Simulator

@Suite struct CreatorCriteriaTests {
    static let lookup = JSONValue.object(JSONObject([(key: "ID", value: "77")]))

    static func report() -> CreatorReport {
        var report = CreatorReport(
            CreatorReportName(owner: "jason18", application: "zylker-store", report: "All_Orders"))
        report.add([
            CreatorRecord(
                id: 1,
                [
                    ("Status", "Open"), ("Email", "jason@zylker.com"),
                    ("Feedback", "it's awful, \"really\""), ("Age", 28),
                    ("Total", .number(JSONNumber(validating: "250.430") ?? JSONNumber(0))),
                    ("Appointment_Date", "14-Apr-2020"), ("Expedited_Delivery", false),
                    ("Hobbies", ["Hiking", "Chess"]), ("Customer", lookup), ("Note", .null),
                ]),
            CreatorRecord(
                id: 2,
                [
                    ("Status", "In-progress"), ("Email", "janine@zylker.com"), ("Age", 30),
                    ("Total", 9), ("Appointment_Date", "02-Jan-2021 10:30:00"),
                    ("Expedited_Delivery", true), ("Hobbies", ["Chess"]),
                ]),
            CreatorRecord(id: 3, [("Status", "Closed"), ("Email", "a@example.com")]),
            CreatorRecord(
                id: 9_007_199_254_740_993,
                [
                    ("Status", ""), ("Age", -4),
                    ("Total", .number(JSONNumber(validating: "1e3") ?? JSONNumber(0))),
                ]),
        ])
        return report
    }

    static let big: UInt64 = 9_007_199_254_740_993

    /// A criteria expression, and the ids that it selects.
    static let meant: [(String, [UInt64])] = [
        // The document's samples.
        (#"Status=="Closed""#, [3]),
        (#"Status!="Open""#, [2, 3, big]),
        (#"Email.endswith("zylker.com")"#, [1, 2]),
        (#"Email.startswith("ja")"#, [1, 2]),
        (#"Feedback.contains("it's awful")"#, [1]),
        ("Age!=28", [2, 3, big]),
        ("Total=250.43", [1]),
        ("Total>=250.43", [1, big]),
        (#"Appointment_Date=="14-Apr-2020""#, [1]),
        ("Expedited_Delivery=false", [1]),
        (#"Hobbies.contains("Hiking")"#, [1]),
        (#"Status=="Open" || Status=="In-progress""#, [1, 2]),
        (#"Status=="Closed" && Email.endswith("zylker.com")"#, []),
        (#"(Email.contains("zylker"))"#, [1, 2]),
        ("ID!=0", [1, 2, 3, big]),
        ("ID!=null", [1, 2, 3, big]),
        ("ID==null", []),
        // The text's rule, and what follows from the grammar.
        ("Appointment_Date=='14-Apr-2020'", [1]),
        ("Appointment_Date>'14-Apr-2020'", [2]),
        ("Appointment_Date>='02-Jan-2021 10:30:00'", [2]),
        ("Appointment_Date!='14-Apr-2020'", [2, 3, big]),
        (#"Feedback=="it's awful, \"really\"""#, [1]),
        ("Age<0", [big]), ("Age<=28", [1, big]), ("Total==1000", [big]), ("Total<10", [2]),
        ("Total==250.4300000000000001", []), ("Total==9.0", [2]),
        ("Note==null", [1, 2, 3, big]), ("Status!=null", [1, 2, 3]), ("Status==null", [big]),
        ("Customer==77", [1]), ("Customer!=77", [2, 3, big]),
        (#"Hobbies=="Chess""#, [1, 2]), ("Expedited_Delivery!=true", [1, 3, big]),
        ("ID==9007199254740993", [big]), ("ID==9007199254740992", []), ("ID>2", [3, big]),
        ("ID==1 || ID==3 || ID==5", [1, 3]), ("ID!=1 && ID!=2", [3, big]),
        (#"(Status!="Open") && (ID==1 || ID==2)"#, [2]),
        (#"(Status=="Open" || ID==2) && ID!=1"#, [2]),
        (#"ID==3 || Status=="Open" && Age==28"#, [1, 3]),
        (#"(ID==3 || Status=="Open") && Age==28"#, [1]),
        (#"!(Status=="Open")"#, [2, 3, big]), ("!!ID==1", [1]), ("! Age!=28", [1]),
        (#" Status  ==  "Open" "#, [1]), (#"Email.contains("")"#, [1, 2, 3]),
    ]

    @Test func `a criteria expression selects the records that Zoho's page says`() throws {
        let report = Self.report()
        for (text, ids) in Self.meant {
            let criteria = try CreatorCriteria(parsing: text, for: report)
            let found = report.places(matching: criteria).map { report.rows[$0].id }
            #expect(found == ids, "\(text)")
        }
    }

    @Test(arguments: [
        ("", 0), ("Status", 6), ("Status==", 8), ("Status==Open", 12), (#"Status=="Open"#, 8),
        (#"(Status=="Open""#, 15), (#"Status=="Open")"#, 14), (#"Statu=="Open""#, 0),
        (#"status=="Open""#, 0), (#"Status~"Open""#, 6), (#"Status>"Open""#, 7), ("Status==1", 8),
        ("Status=='Open'", 8), (#"Age=="28""#, 5), ("Age==2x", 6), ("Age==1-2", 5),
        (#"Appointment_Date=="2020-04-14""#, 18), ("Expedited_Delivery==1", 20),
        ("Expedited_Delivery>false", 19), (#"ID=="1""#, 4), ("ID==01", 4), ("ID==1.0", 4),
        ("ID>null", 3), ("Age.contains(2)", 14), (#"Age.contains("2")"#, 17),
        (#"Status.like("O")"#, 11), (#"Status.contains("O""#, 19),
        (#"Status=="Open" and Age==1"#, 15), (#"Status=="Open" &&"#, 17),
        (#"Status=="Open" & Age==1"#, 15), (#"Hobbies.startswith("H")"#, 23),
        ("Customer>7", 9), (#"Hobbies==["H"]"#, 9),
    ])
    func `what the grammar does not have is refused, with its place`(
        text: String, offset: Int
    ) throws {
        let report = Self.report()
        do throws(CreatorCriteria.ParseError) {
            _ = try CreatorCriteria(parsing: text, for: report)
            Issue.record("taken: \(text)")
        } catch {
            #expect(error.offset == offset, "\(error.reason)")
        }
    }

    @Test func `nesting ends at 64, and a long list of ids is one set`() throws {
        let report = Self.report()
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "ID==1" + String(repeating: ")", count: depth)
        }
        #expect(try CreatorCriteria(parsing: nested(63), for: report) == .id(.equal, 1))
        #expect(throws: CreatorCriteria.ParseError.self) {
            try CreatorCriteria(parsing: nested(64), for: report)
        }
        #expect(throws: CreatorCriteria.ParseError.self) {
            try CreatorCriteria(
                parsing: String(repeating: "!", count: 100_000) + "ID==1", for: report)
        }
        let ids = (1...200).map { "ID==\($0)" }.joined(separator: " || ")
        #expect(
            try CreatorCriteria(parsing: ids, for: report) == .idIsOneOf(Set((1...200).map { $0 })))
    }

    @Test func `decimals are compared by their digits`() throws {
        let rising = ["-1e3", "-250.43", "-0.5", "0", "0.05", "5e-1", "1", "9", "10", "1.5e2"]
        for (index, left) in rising.enumerated() {
            for (other, right) in rising.enumerated() {
                let first = try #require(ExactDecimal(left))
                let second = try #require(ExactDecimal(right))
                #expect((first < second) == (index < other), "\(left) < \(right)")
                #expect((first == second) == (index == other), "\(left) == \(right)")
            }
        }
        #expect(ExactDecimal("0.0") == ExactDecimal("-0"))
        #expect(ExactDecimal("100") == ExactDecimal("1e2"))
        for wrong in ["", "-", "1.", ".5", "1-2", "x", "1e", "1e99999999"] {
            #expect(ExactDecimal(wrong) == nil, "\(wrong)")
        }
    }
}
