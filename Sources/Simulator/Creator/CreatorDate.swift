/// A date, or a date with a time, as an application with the default formats writes them:
/// `14-Apr-2020`, `14-Apr-2020 17:30:00`. Ordered by time.
struct CreatorDate: Comparable, Hashable, Sendable {
    /// Year, month, day, hour, minute, second, two digits each but the year.
    let rank: Int

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count <= 2, let date = parts.first else { return nil }
        let days = date.split(separator: "-", omittingEmptySubsequences: false)
        guard days.count == 3, let day = Self.number(days[0], digits: 2), (1...31).contains(day),
            let month = Self.months.firstIndex(of: String(days[1])),
            let year = Self.number(days[2], digits: 4)
        else { return nil }
        var time = 0
        if parts.count == 2 {
            let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false).map {
                Self.number($0, digits: 2)
            }
            guard numbers.count == 2 || numbers.count == 3, let hour = numbers[0], hour < 24,
                let minute = numbers[1], minute < 60,
                let second = numbers.count == 3 ? numbers[2] : 0, second < 60
            else { return nil }
            time = (hour * 100 + minute) * 100 + second
        }
        rank = ((year * 100 + month + 1) * 100 + day) * 1_000_000 + time
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        text.utf8.count == digits && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            ? Int(text) : nil
    }

    static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}
