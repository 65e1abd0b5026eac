internal import JobModel
internal import ManifestReading
internal import Running
internal import ZohoAPI

/// How a value of a setting is written.
///
/// Grammars: integers are plain digits. Durations are digits and one unit (`80ms`, `60s`, `10m`,
/// `2h`). Percentages are digits, optionally with decimals, and `%`. A time of day is `HH:MM`,
/// optionally with `Z` or `+HH:MM`. No surrounding white space.
package struct SettingType<Value: Sendable>: Sendable {
    /// The expected value in error messages: `a whole number from 1 to 1000`.
    package var expectation: String
    var form: SettingForm
    /// All possible values, if there are only a few.
    var choices: [String] = []
    /// Reads one piece of text.
    package var parse: @Sendable (String) throws(ValueError) -> Value
    /// The value as a user would write it; nil = not set.
    package var text: @Sendable (Value) -> String?
    /// Adds up the values of an option that may be repeated; nil = it is given once.
    var join: (@Sendable ([Value]) -> Value)?
    /// Reads a member of an object.
    var member: (@Sendable (_ key: String, _ text: String) throws(ValueError) -> Value)?

    /// A type whose values are read without a reason for what is refused.
    ///
    /// - Parameter suggest: What was perhaps meant by a wrong text.
    init(
        _ expectation: String, form: SettingForm = .text,
        suggest: @escaping @Sendable (String) -> String? = { _ in nil },
        text: @escaping @Sendable (Value) -> String, read: @escaping @Sendable (String) -> Value?
    ) {
        self.init(expectation, form: form, text: text) { (word) throws(ValueError) in
            if let value = read(word) { return value }
            throw .unexpected(word, expected: expectation, suggestion: suggest(word))
        }
    }

    init(
        _ expectation: String, form: SettingForm = .text,
        text: @escaping @Sendable (Value) -> String?,
        parse: @escaping @Sendable (String) throws(ValueError) -> Value
    ) {
        (self.expectation, self.form, self.text, self.parse) = (expectation, form, text, parse)
    }

    /// The same, or not set.
    var optional: SettingType<Value?> {
        let (text, parse) = (text, parse)
        var optional = SettingType<Value?>(
            expectation, form: form, text: { $0.flatMap { text($0) } }
        ) { (word) throws(ValueError) in try parse(word) }
        optional.choices = choices
        return optional
    }
}

/// How a setting is written in the configuration file.
enum SettingForm: Sendable {
    case flag, number, text
    /// `500` or `"20%"`.
    case numberOrText
    /// An array of strings.
    case array
    /// An object whose values are strings.
    case object
}

/// Why a value is refused.
package enum ValueError: Error, Equatable, Sendable {
    /// What was found, what was expected (`a whole number from 1 to 100`), and a suggestion.
    case unexpected(String, expected: String, suggestion: String? = nil)
    /// Does not quote the value, which may be a secret.
    case refused(reason: String)

    package var message: String {
        switch self {
        case .unexpected(let seen, let expected, let suggestion):
            let hint = suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
            return "\(SafeText.quoted(seen)) is not \(expected)\(hint)"
        case .refused(let reason): return reason
        }
    }
}

// MARK: Flags, numbers and times

extension SettingType where Value == Bool {
    static var flag: Self {
        Self("true or false", form: .flag, text: { "\($0)" }) {
            $0 == "true" ? true : $0 == "false" ? false : nil
        }
    }
}

extension SettingType where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        let expectation =
            range.upperBound == .max
            ? "a whole number of \(range.lowerBound) or more"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return Self(expectation, form: .number, text: { "\($0)" }) { text in
            digits(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension SettingType where Value == Duration {
    static func time(_ range: ClosedRange<Duration>) -> Self {
        Self(
            "a time from \(DurationText.exact(range.lowerBound)) to "
                + "\(DurationText.exact(range.upperBound)), such as 80ms, 60s, 10m or 2h",
            suggest: { digits($0).map { "\($0)s" } }, text: { DurationText.exact($0) }
        ) { text in
            duration(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    private static func duration(_ text: String) -> Duration? {
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
}

extension SettingType where Value == Double {
    static var percent: Self {
        Self(
            "a percentage from 0% to 100%, such as 50%", suggest: { digits($0).map { "\($0)%" } },
            text: percentText, read: percentage)
    }
}

extension SettingType where Value == RunLimits.FailureBudget {
    static var failureBudget: Self {
        Self(
            "a number of items (500) or a percentage (20%)", form: .numberOrText,
            text: { budget in
                switch budget {
                case .count(let count): "\(count)"
                case .percent(let percent, _): percentText(percent)
                }
            },
            read: { text in
                digits(text).map { .count($0) }
                    ?? percentage(text).map {
                        .percent($0, minimumFinal: RunLimits.failureBudgetMinimum)
                    }
            })
    }
}

extension SettingType where Value == TimeOfDay {
    static var timeOfDay: Self {
        Self("a time of day such as 06:00 or 06:00+02:00", text: \.description) { TimeOfDay($0) }
    }
}

/// Plain digits, no sign, up to `Int.max`.
private func digits(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return Int(text)
}

@Sendable private func percentage(_ text: String) -> Double? {
    guard text.hasSuffix("%") else { return nil }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ digits($0) != nil }),
        let value = Double(text.dropLast()), value <= 100
    else { return nil }
    return value
}

@Sendable private func percentText(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))%" : "\(value)%"
}

// MARK: Texts

extension SettingType where Value == String {
    /// Not empty and without control characters: a NUL would truncate a path.
    static var path: Self {
        Self("a path without control characters", text: { $0 }) { text in
            let isPath =
                !text.isEmpty
                && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            return isPath ? text : nil
        }
    }

    /// The value of an option that takes anything.
    static var text: Self { Self("a text", text: { $0 }, read: { $0 }) }

    static var identifier: Self {
        @Sendable func isAlphanumeric(_ byte: UInt8) -> Bool {
            byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
        }
        return Self(
            "a name of at most 100 letters, digits, \".\", \"_\" and \"-\" that starts with a "
                + "letter or digit", text: { $0 }
        ) { text in
            guard let first = text.utf8.first, text.utf8.count <= 100, isAlphanumeric(first),
                text.utf8.allSatisfy({ isAlphanumeric($0) || "._-".utf8.contains($0) })
            else { return nil }
            return text
        }
    }

    static func word(_ words: [String]) -> Self { choice(words.map { ($0, $0) }) }

    /// `http://host:port`, `https`, `socks5` or `socks5h` alike; no user, no path. No error quotes
    /// the text: it may hold a password.
    static var proxy: Self {
        let expectation =
            "a proxy such as http://proxy.example.org:3128 or socks5h://127.0.0.1:1080"
        return Self(expectation, text: { $0 }) { (text) throws(ValueError) in
            for scheme in ["http://", "https://", "socks5://", "socks5h://"]
            where text.hasPrefix(scheme) {
                // After the scheme, the grammar is that of a service address.
                do throws(ServiceAddressError) {
                    _ = try ServiceAddress("https://" + text.dropFirst(scheme.count))
                    return text
                } catch {
                    if error.kind == .userInformation {
                        throw .refused(
                            reason: "a proxy address must not contain a user name or password, "
                                + "because the configuration file is not secret; allow this "
                                + "machine at the proxy instead")
                    }
                }
            }
            throw .refused(reason: "this is not " + expectation)
        }
    }
}

extension SettingType where Value == ServiceAddress {
    /// `https://host[:port]`, optionally with a path; `http` for localhost only.
    static func address(allowsPath: Bool) -> Self {
        Self("an address such as https://www.zohoapis.eu", text: \.description) {
            (text) throws(ValueError) in
            do throws(ServiceAddressError) {
                return try ServiceAddress(text, allowsPath: allowsPath)
            } catch {
                throw .refused(reason: error.message)
            }
        }
    }
}

extension SettingType where Value == APIName {
    static var apiName: Self {
        Self(
            "an API name: at most 100 letters, digits and \"_\", not starting with a digit",
            text: \.text, read: { APIName($0) })
    }
}

// MARK: Choices and lists

extension SettingType {
    fileprivate static func choice(_ cases: [(word: String, value: Value)]) -> Self
    where Value: Equatable {
        let words = cases.map(\.word)
        var choice = Self(
            "one of \(words.joined(separator: ", "))",
            suggest: { Spelling.suggestion(for: $0, among: words) },
            text: { value in cases.first { $0.value == value }?.word ?? "" },
            read: { word in cases.first { $0.word == word }?.value })
        choice.choices = words
        return choice
    }
}

extension SettingType where Value: CaseIterable & RawRepresentable<String> & Equatable {
    /// The raw value of a case.
    static var choice: Self { choice(Value.allCases.map { ($0.rawValue, $0) }) }
}

extension SettingType {
    /// One after another on the command line, perhaps with commas between them; an array in the
    /// configuration file.
    static func list<Element: Sendable>(of element: SettingType<Element>) -> Self
    where Value == [Element] {
        let (text, parse) = (element.text, element.parse)
        var list = Self(
            element.expectation, form: .array,
            text: { $0.compactMap { text($0) }.joined(separator: ",") }
        ) { (words) throws(ValueError) in
            var values: [Element] = []
            for word in words.split(separator: ",", omittingEmptySubsequences: false) {
                values.append(try parse(String(word)))
            }
            return values
        }
        list.choices = element.choices
        list.join = { $0.flatMap { $0 } }
        return list
    }
}

extension SettingType where Value == OutcomeKind {
    static func outcome(_ kinds: [OutcomeKind]) -> Self { choice(kinds.map { ($0.word, $0) }) }
}

extension SettingType where Value == ManifestSettings.AllowedPair {
    static var relatedList: Self {
        Self(
            "a related list as Module/Related_List or Module/Related_List:Module_of_its_records",
            text: \.text, read: { ManifestSettings.AllowedPair($0) })
    }
}

extension SettingType where Value == [ColumnMap.Entry] {
    /// `NAME=HEADER`, or a member of an object.
    static var columns: Self {
        @Sendable func entry(
            _ make: () throws(ColumnMap.Problem) -> ColumnMap.Entry
        ) throws(ValueError) -> Value {
            do throws(ColumnMap.Problem) {
                return [try make()]
            } catch {
                throw .refused(reason: error.message)
            }
        }
        var columns = Self(
            "NAME=HEADER, where NAME is a column of manifests", form: .object,
            text: { $0.map(\.argument).joined(separator: ",") }
        ) { (text) throws(ValueError) in
            try entry { () throws(ColumnMap.Problem) in try ColumnMap.Entry(text) }
        }
        columns.join = { $0.flatMap { $0 } }
        columns.member = { (key, header) throws(ValueError) in
            try entry { () throws(ColumnMap.Problem) in
                try ColumnMap.Entry(name: key, header: header)
            }
        }
        return columns
    }
}
