import CommandLineTool
import JobModel

/// The first byte picks a setting, the rest is its value: what is taken lies within its bounds and
/// is the same when it is written out, what is not is refused in words that can be shown.
enum SettingHarness {
    private static let keys = SettingKey.allCases
    private static let shapes = SettingKey.allCases.map(\.shape)

    static func check(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let first = bytes.first else { return }
        let index = Int(first) % keys.count
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch parsed(text, index) {
        case .success(let value):
            try checkBounds(value, index)
            guard let written = written(value) else { return }
            let again = parsed(written, index)
            try promise(
                again == .success(value),
                "\(keys[index]): \(text.debugDescription), written \(written), is \(again)")
        case .failure(let error): try TextPromises.checkHarmless(error.message)
        }
    }

    private static func parsed(
        _ text: String, _ index: Int
    ) -> Result<SettingValue, ValueError> {
        Result { () throws(ValueError) in try shapes[index].parse(text) }
    }

    private static func checkBounds(
        _ value: SettingValue, _ index: Int
    ) throws(BrokenPromise) {
        let isWithin =
            switch (shapes[index], value) {
            case (.integer(let range), .integer(let number)): range.contains(number)
            case (.duration(let range), .duration(let time)): range.contains(time)
            case (_, .percent(let share)): (0...100).contains(share)
            case (_, .failureBudget(.percent(let share, _))): (0...100).contains(share)
            case (_, .failureBudget(.count(let count))): count >= 0
            case (.choice(let words), .text(let word)): words.contains(word)
            case (.choices(let words), .words(let list)): list.allSatisfy(words.contains)
            case (.address, .text(let address)):
                address.hasPrefix("https://") || address.hasPrefix("http://")
            default: true
            }
        try promise(isWithin, "\(keys[index]) is \(value)")
    }

    /// The value as somebody would write it; nil where there is more than one way.
    private static func written(_ value: SettingValue) -> String? {
        switch value {
        case .flag(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .duration(let time): DurationText.exact(time)
        case .timeOfDay(let time): time.description
        case .text(let text): text
        case .words(let words): words.joined(separator: ",")
        case .columns(let columns): columns.first.map { "\($0.column)=\($0.header)" }
        case .failureBudget(.count(let count)): "\(count)"
        case .percent, .failureBudget: nil
        }
    }
}
