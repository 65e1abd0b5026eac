internal import JobModel
internal import ManifestReading
internal import ZohoAPI

/// What a setting's value looks like, and the reading of it from text.
///
/// Grammars: whole numbers are plain digits. Durations are digits and one unit (`80ms`, `60s`,
/// `10m`, `2h`). Percentages are digits, perhaps a point and more digits, and `%`. A time of day is
/// `HH:MM`, perhaps with `Z` or `+HH:MM`. No value has white space around it.
package enum ValueShape: Equatable, Sendable {
    case flag
    case integer(ClosedRange<Int>)
    case duration(ClosedRange<Duration>)
    case percent
    /// `N` or `P%`.
    case failureBudget
    case timeOfDay
    /// Any text without control characters.
    case text
    /// A directory or file.
    case path
    /// Letters, digits, `.`, `_`, `-`; starts with a letter or digit; at most 100 bytes.
    case identifier
    /// The API name of a module or related list.
    case apiName
    /// `https://host[:port]`, perhaps with a path; `http` for this machine only.
    case address(allowsPath: Bool)
    /// `http://host:port`, `https`, `socks5` or `socks5h` alike; no user, no path.
    case proxy
    case choice([String])
    /// Words out of a list; on the command line one a flag or parted by commas.
    case choices([String])
    /// `Module/Related_List` or `Module/Related_List:Module_of_its_records` each.
    case relatedLists
    case columns

    /// What is expected, as errors name it.
    package var expectation: String {
        switch self {
        case .flag: "true or false"
        case .integer(let range):
            range.upperBound == .max
                ? "a whole number of \(range.lowerBound) or more"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration(let range):
            "a time from \(DurationText.exact(range.lowerBound)) to "
                + "\(DurationText.exact(range.upperBound)), such as 80ms, 60s, 10m or 2h"
        case .percent: "a percentage from 0% to 100%, such as 50%"
        case .failureBudget: "a number of items (500) or a percentage (20%)"
        case .timeOfDay: "a time of day such as 06:00 or 06:00+02:00"
        case .text: "text without control characters"
        case .path: "a path without control characters"
        case .identifier:
            "a name of letters, digits, \".\", \"_\" and \"-\", at most 100, starting with a "
                + "letter or digit"
        case .apiName:
            "an API name: letters, digits and \"_\", at most 100, not starting with a digit"
        case .address: "an address such as https://www.zohoapis.eu"
        case .proxy: "a proxy such as http://proxy.example.org:3128 or socks5h://127.0.0.1:1080"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .choices(let words): "one or more of \(words.joined(separator: ", "))"
        case .relatedLists:
            "a related list as Module/Related_List or Module/Related_List:Module_of_its_records"
        case .columns: "NAME=HEADER, where NAME is a column of manifests"
        }
    }

    /// Reads a value from one piece of text.
    package func parse(_ text: String) throws(ValueError) -> SettingValue {
        if case .address(let allowsPath) = self {
            do throws(ServiceAddressError) {
                return .text(try ServiceAddress(text, allowsPath: allowsPath).description)
            } catch {
                throw .refused(reason: error.message)
            }
        }
        if self == .columns { return try ValueShape.column(text) }
        if self == .proxy { return .text(try ValueShape.proxy(text)) }
        guard let value = value(of: text) else {
            var suggestion: String?
            switch self {
            case .choice(let words), .choices(let words):
                suggestion = Spelling.suggestion(for: text, among: words)
            case .duration: suggestion = ValueShape.digits(text).map { "\($0)s" }
            case .percent: suggestion = ValueShape.digits(text).map { "\($0)%" }
            default: break
            }
            throw .unexpected(text, expected: expectation, suggestion: suggestion)
        }
        return value
    }

    private func value(of text: String) -> SettingValue? {
        switch self {
        case .flag: text == "true" ? .flag(true) : text == "false" ? .flag(false) : nil
        case .integer(let range):
            ValueShape.digits(text).flatMap { range.contains($0) ? .integer($0) : nil }
        case .duration(let range):
            ValueShape.duration(text).flatMap { range.contains($0) ? .duration($0) : nil }
        case .percent: ValueShape.percent(text).map { .percent($0) }
        case .failureBudget: ValueShape.failureBudget(text)
        case .timeOfDay: ValueShape.timeOfDay(text).map { .timeOfDay($0) }
        case .text, .path: ValueShape.isText(text) ? .text(text) : nil
        case .identifier: ValueShape.isIdentifier(text) ? .text(text) : nil
        case .apiName: APIName(text).map { .text($0.text) }
        case .address: .text(text)
        case .choice(let words): words.contains(text) ? .text(text) : nil
        case .choices(let words):
            ValueShape.list(text).flatMap { list in
                list.allSatisfy { words.contains($0) } ? .words(list) : nil
            }
        case .relatedLists:
            ValueShape.list(text).flatMap { list in
                list.allSatisfy(ValueShape.isRelatedList) ? .words(list) : nil
            }
        case .columns, .proxy:
            preconditionFailure("\(self) is read by a function of its own")
        }
    }

    /// Not empty, and without control characters: a NUL would end a path before its end.
    private static func isText(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    /// Plain digits, no sign, up to `Int.max`.
    private static func digits(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }

    static func duration(_ text: String) -> Duration? {
        let units: [(suffix: String, nanoseconds: Int64)] = [
            ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
            ("h", 3_600_000_000_000),
        ]
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let count = digits(text.dropLast(unit.suffix.count)) else { continue }
            let (total, overflows) = Int64(count).multipliedReportingOverflow(by: unit.nanoseconds)
            return overflows ? nil : .nanoseconds(total)
        }
        return nil
    }

    private static func percent(_ text: String) -> Double? {
        guard text.hasSuffix("%") else { return nil }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ digits($0) != nil }),
            let value = Double(text.dropLast()), value <= 100
        else { return nil }
        return value
    }

    private static func failureBudget(_ text: String) -> SettingValue? {
        if let count = digits(text) { return .failureBudget(.count(count)) }
        return percent(text).map {
            .failureBudget(.percent($0, minimumFinal: SettingKey.failureBudgetMinimum))
        }
    }

    static func timeOfDay(_ text: String) -> TimeOfDay? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 5, let hour = twoDigits(bytes, at: 0), hour < 24,
            bytes[2] == UInt8(ascii: ":"), let minute = twoDigits(bytes, at: 3), minute < 60
        else { return nil }
        if bytes.count == 5 { return TimeOfDay(hour: hour, minute: minute) }
        if bytes.count == 6, bytes[5] == UInt8(ascii: "Z") {
            return TimeOfDay(hour: hour, minute: minute, offsetMinutes: 0)
        }
        guard bytes.count == 11, bytes[5] == UInt8(ascii: "+") || bytes[5] == UInt8(ascii: "-"),
            let hours = twoDigits(bytes, at: 6), hours <= 14, bytes[8] == UInt8(ascii: ":"),
            let minutes = twoDigits(bytes, at: 9), minutes < 60
        else { return nil }
        let offset = (60 * hours + minutes) * (bytes[5] == UInt8(ascii: "-") ? -1 : 1)
        return TimeOfDay(hour: hour, minute: minute, offsetMinutes: offset)
    }

    private static func twoDigits(_ bytes: [UInt8], at index: Int) -> Int? {
        let digits = bytes[index...index + 1]
        guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return digits.reduce(0) { 10 * $0 + Int($1 - 0x30) }
    }

    private static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 100 else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
        }
        return isAlphanumeric(first)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    /// The text itself. No error quotes it: it may hold a password.
    private static func proxy(_ text: String) throws(ValueError) -> String {
        for scheme in ["http://", "https://", "socks5://", "socks5h://"]
        where text.hasPrefix(scheme) {
            // What may follow a proxy's scheme is what may follow a service's.
            do throws(ServiceAddressError) {
                _ = try ServiceAddress("https://" + text.dropFirst(scheme.count))
                return text
            } catch {
                if error.kind == .userInformation {
                    throw .refused(
                        reason: "a proxy takes no user name and password, which would lie in a "
                            + "file for all to read; let the proxy admit this machine instead")
                }
            }
        }
        throw .refused(reason: "this is not " + ValueShape.proxy.expectation)
    }

    /// Words parted by commas; nil when one is empty.
    private static func list(_ text: String) -> [String]? {
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return words.contains("") ? nil : words
    }

    private static func isRelatedList(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, APIName.isValid(parts[0].utf8) else { return false }
        let names = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        return names.count <= 2 && names.allSatisfy { APIName.isValid($0.utf8) }
    }

    /// As the reader of manifests takes them: a known column, `field:NAME[:type]` or `carry`.
    private static func column(_ text: String) throws(ValueError) -> SettingValue {
        // By scalars: as a character "=" may swallow a combining mark that a header begins with.
        let parts = text.unicodeScalars
            .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw .unexpected(text, expected: ValueShape.columns.expectation)
        }
        do throws(ColumnMap.Fault) {
            _ = try ColumnMap(arguments: [text])
        } catch {
            // Its words begin with the option's name, which whoever shows them says himself.
            let words = error.message.hasPrefix("--column") ? error.message.dropFirst(8) : ""
            let reason = words.drop { $0 == ":" || $0 == " " }
            throw .refused(reason: reason.isEmpty ? error.message : String(reason))
        }
        return .columns([ColumnMapping(column: String(parts[0]), header: String(parts[1]))])
    }
}
