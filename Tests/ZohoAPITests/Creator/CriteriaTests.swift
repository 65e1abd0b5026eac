import Testing
import ZohoAPI

struct CriteriaTests {
    /// Samples of the ServiceFacts: Creator delete, in its order, and forms beside them.
    static let reaches: [(String, CriteriaScope)] = [
        (#"Status=="Closed""#, .narrow), (#"Status!="Open""#, .wide),
        (#"Email.endswith("zylker.com")"#, .narrow), (#"Email.startswith("ja")"#, .narrow),
        (#"Feedback.contains("it's awful")"#, .narrow), ("Age!=28", .wide),
        ("Total=250.43", .narrow), ("Total>=250.43", .narrow),
        (#"Appointment_Date=="14-Apr-2020""#, .narrow), ("Expedited_Delivery=false", .narrow),
        (#"Hobbies.contains("Hiking")"#, .narrow),
        (#"Status=="Open" || Status=="In-progress""#, .narrow),
        (#"Status=="Closed" && Email.endswith("zylker.com")"#, .narrow),
        (#"Single_Line == "Single Line of Text""#, .narrow),
        (#"(Single_Line.contains("Single Line of Text"))"#, .narrow),
        ("ID!=0", .everything), ("ID!=null", .everything),
        // Match-all forms by other words
        ("!(ID==0)", .everything), ("!ID==null", .everything), (#"ID != "0""#, .everything),
        ("id!=0", .everything), ("ID>0", .everything), ("ID>=1", .everything),
        ("ID>-5", .everything), ("ID<9999999999999999999", .everything), ("!(ID<=0)", .everything),
        (#"Name.contains("")"#, .everything), (#"Name.STARTSWITH(" ")"#, .everything),
        ("ID!=3000000013011", .everything), (#"Status=="x" || ID!=0"#, .everything),
        (#"(ID!=0 && ID!=1)"#, .everything), ("Added_Time!=null", .everything),
        (#"!(Status=="x" && ID==0)"#, .everything), (#"!(!(ID!=0))"#, .everything),
        // Bounded by something else
        (#"ID!=0 && Status=="x""#, .narrow), (#"Status=="x" && !(ID==0)"#, .narrow),
        // No positive comparison in some alternative
        ("ID==3000000013011", .wide), ("ID>3000000013011", .wide), ("ID<3000000013011", .wide),
        (#"Name=="""#, .wide), ("Name==null", .wide), ("Name!=null", .wide), ("Name=='  '", .wide),
        (#"Status=="a" || Name!="b""#, .wide), (#"!(Status=="a")"#, .wide),
        (#"!(Status!="a")"#, .narrow), (#"!(Age<5)"#, .narrow), (#"!Name.contains("a")"#, .wide),
        (#"!(Status!="a" || Age<5)"#, .narrow), (#"!(Status!="a" && Name=="b")"#, .wide),
        (#"(Status=="a" || Name!="b") && Age>5"#, .narrow),
        (#"Status=="a" && (Name!="b" || Age!=5)"#, .narrow),
        (#"Status=="a" || Name=="b" && Age!=5"#, .narrow),
        (#"Status!="a" || Name=="b" && Age!=5"#, .wide),
        // Spelling
        (#"Name=="a\"b) || (x""#, .narrow), ("Day=='14-Apr-2020'", .narrow),
        ("Customer.Name==\"x\"", .narrow), ("\tAge\n>\r5 ", .narrow), ("Age==-5.50", .narrow),
        ("Age==0", .narrow), (#"Näme=="x""#, .everything), (#"Name=="é""#, .narrow),
        ("Flag==TRUE", .narrow),
    ]

    @Test(arguments: reaches)
    func `the scope of criteria`(criteria: String, reach: CriteriaScope) {
        #expect(Criteria.scope(of: criteria) == reach)
    }

    /// (criteria, offset of the fault, a part of its message)
    static let faults: [(String, Int, String)] = [
        ("", 0, "empty"), ("  ", 0, "empty"), ("Status", 0, "without an operator"),
        ("Status ", 0, "without an operator"), (#"Status=="#, 8, "a value is expected"),
        (#"Status=="Closed"#, 8, "quote is never closed"),
        ("Day=='14-Apr", 5, "quote is never closed"), (#"A=="x\""#, 3, "quote is never closed"),
        (#"(Status=="a""#, 0, "parenthesis is never closed"),
        (#"Status=="a")"#, 11, "never opened"), ("A==1) || (B==2", 4, "never opened"),
        (")", 0, "never opened"), ("()", 1, "expected an expression"),
        (#"Name.contains("a""#, 13, "never closed"), (#"Name.contains(a)"#, 14, "in double quotes"),
        (#"Name.contains("a","b")"#, 17, "takes one text"), (#"Name.contains()"#, 14, "text"),
        (#"Name.like("a")"#, 5, "\"like\" is no function"),
        (#"contains("a")"#, 0, "expected a field"),
        ("Status==Closed", 8, "\"Closed\" must be in double quotes"),
        ("A==B", 3, "double quotes"),
        ("1==1", 0, "a field's name"), (#""a"=="a""#, 0, "a field's name"), ("true", 0, "operator"),
        ("A===1", 1, "\"===\" is no operator"), ("A<>1", 1, "\"<>\" is no operator"),
        ("A=!1", 1, "\"=!\" is no operator"), ("A=>1", 1, "no operator"),
        ("A==1 & B==2", 5, "\"&&\""), ("A==1 | B==2", 5, "\"||\""),
        ("A==1 and B==2", 5, "write && for"), ("A==1 OR B==2", 5, "write || for"),
        ("A==1 B==2", 5, "appears where"), ("A==1 &&", 7, "ends where an expression"),
        ("&& A==1", 0, "expected an expression"), ("A==1 && || B==2", 8, "expected an expression"),
        ("!", 1, "ends where an expression"), ("A in 5", 2, "expected an operator"),
        ("A==14-Apr-2020", 3, "no number"), ("A==1.", 3, "no number"), ("A==.5", 3, "no number"),
        ("A==0x10", 3, "no number"), ("A==1e5", 3, "no number"), ("A==-", 3, "no number"),
        ("A==\u{201C}x\u{201D}", 3, "typographic quote"), ("Näme==1", 1, "outside ASCII"),
        ("A==\"a\u{0}b\"", 5, "control character"), ("A==\"\\\u{0}\"", 5, "control character"),
        ("A.==1", 2, "appears where"), ("A;", 1, "expected an operator"),
        ("A==1;", 4, "appears where"),
        ("A==#1", 3, "expected a value"), ("A==1 !B==2", 5, "appears where"),
        ("A==(1)", 3, "expected a value"), ("A==1 /* */", 5, "appears where"),
    ]

    @Test(arguments: faults)
    func `a fault is found where it is`(criteria: String, offset: Int, words: String) throws {
        let found = Criteria.check(criteria)
        let fault = try #require(found.first)
        #expect(found.count == 1)
        #expect(fault.offset == offset, "\(fault.message)")
        #expect(fault.message.contains(words), "\(fault.message)")
        #expect(!fault.message.hasSuffix("."))
        #expect(Criteria.scope(of: criteria) == .everything)
    }

    @Test(arguments: [
        (#"Status=="a""#, false, false, 0), ("Age!=5", false, false, 1), ("Age!=5", true, false, 0),
        ("ID!=0", false, false, 2), ("ID!=0", true, false, 1), ("ID!=0", false, true, 1),
        ("ID!=0", true, true, 0), ("ID!=", true, true, 1),
    ])
    func `deleting much needs max_records, and deleting all a flag as well`(
        criteria: String, hasMaximum: Bool, allowsAll: Bool, count: Int
    ) {
        #expect(
            Criteria.check(criteria, hasExplicitMaximum: hasMaximum, allowsDeleteAll: allowsAll)
                .count == count)
    }

    @Test func `depth and length have limits`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "A==1" + String(repeating: ")", count: depth)
        }
        #expect(Criteria.check(nested(64)) == [])
        #expect(Criteria.check(nested(65)).map(\.offset) == [64])
        #expect(Criteria.check(String(repeating: "!", count: 1_000_000)).count == 1)
        #expect(Criteria.check(String(repeating: "(", count: 60_000)).map(\.offset) == [64])
        let long = #"A==""# + String(repeating: "x", count: 65_536 - 5) + "\""
        #expect(Criteria.check(long) == [])
        #expect(Criteria.check(long + " ").map(\.offset) == [65_536])
        let wide = Array(repeating: "A==1", count: 8_000).joined(separator: "||")
        #expect(Criteria.scope(of: wide) == .narrow)
    }

    @Test func `whatever is wrapped keeps its meaning apart from what is added`() {
        #expect(Criteria.wrapped("A==1", excluding: [], explicitIDs: nil) == "A==1")
        for (criteria, _) in Self.reaches where Criteria.check(criteria).isEmpty {
            let excluding = Criteria.wrapped(criteria, excluding: [1, 2], explicitIDs: nil)
            let pinned = Criteria.wrapped(criteria, excluding: [], explicitIDs: [1, 2])
            #expect(excluding == "(\(criteria)) && ID!=1 && ID!=2")
            #expect(pinned == "(\(criteria)) && (ID==1 || ID==2)")
            #expect(Criteria.check(excluding) == [])
            #expect(Criteria.check(pinned) == [])
            // Explicit ids restrict an expression that matches everything.
            #expect(Criteria.scope(of: pinned) != .everything)
        }
    }

    @Test func `the checker answers every text`() {
        let pieces = [
            "A", "ID", "==", "!=", "=", "<", "!", "(", ")", "&&", "||", "\"", "'", "x", "1", ".",
            "contains", " ", "\\", "null", "é", "\u{201C}", "-",
        ]
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        for _ in 0..<20_000 {
            let text = (0..<next(12)).map { _ in pieces[next(pieces.count)] }.joined()
            let faults = Criteria.check(text)
            for fault in faults {
                #expect((0...text.utf8.count).contains(fault.offset), "\(text)")
            }
            if faults.isEmpty { #expect(Criteria.check("(\(text)) && ID!=1") == []) }
        }
    }
}
