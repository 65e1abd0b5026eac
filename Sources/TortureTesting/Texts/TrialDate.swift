/// A date as header fields have it (`Sun, 06 Nov 1994 08:49:37 GMT`), and the seconds since 1970
/// that it means. Three of four are good.
struct TrialDate {
    var text: String
    /// nil for a text that is no date.
    var seconds: Int64?

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        ("Jan", 31), ("Feb", 28), ("Mar", 31), ("Apr", 30), ("May", 31), ("Jun", 30), ("Jul", 31),
        ("Aug", 31), ("Sep", 30), ("Oct", 31), ("Nov", 30), ("Dec", 31),
    ]

    init(_ random: inout SimulationGenerator) {
        // Up to 2106.
        let drawn = Int64(random.number(0...4_294_967_295))
        text = TrialDate.text(of: drawn)
        seconds = drawn
        guard random.once(in: 4) else { return }
        seconds = nil
        let faults: [(from: String, to: String)] = [
            (", ", " "), (", ", "; "), ("GMT", "UTC"), ("GMT", "gmt"), (" GMT", ""), (":", "."),
            (":", ""), (" ", "  "), ("1", "l"), ("2", "Z"), ("0", "O"), ("0", "/"), ("9", ":"),
        ]
        let fault = random.pick(faults)
        if text.contains(fault.from) {
            text = text.replacing(fault.from, with: fault.to)
        } else {
            text = random.pick([
                "", "soon", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                "Sun, 06 Nov 1969 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
            ])
        }
    }

    /// Counts years and months, one by one.
    static func text(of seconds: Int64) -> String {
        let dayCount = seconds / 86_400
        let second = seconds % 86_400
        var day = dayCount
        var year: Int64 = 1970
        while day >= (isLeap(year) ? 366 : 365) {
            day -= isLeap(year) ? 366 : 365
            year += 1
        }
        var month = ""
        for (name, length) in months {
            let count = Int64(name == "Feb" && isLeap(year) ? 29 : length)
            if day < count {
                month = name
                break
            }
            day -= count
        }
        let time = [second / 3_600, second / 60 % 60, second % 60].map(twoDigits)
        return "\(days[Int(dayCount % 7)]), \(twoDigits(day + 1)) \(month) \(year) "
            + "\(time.joined(separator: ":")) GMT"
    }

    private static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func twoDigits(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
