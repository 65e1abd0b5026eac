import JSONText
import JobModel

/// One element of an answer's `data`: the members that are read.
struct AnswerElement: Equatable {
    /// The value of `status`.
    enum Status: Equatable { case success, error, neither }

    /// How the element identifies its item.
    enum Address: Equatable {
        case none
        case id(UInt64)
        /// Index into the request's `data`.
        case path(Int)
        /// An unreadable reference: never matched by position.
        case unusable
    }

    /// Sanitised; empty if absent.
    var code: String
    var status: Status
    /// The message, sanitised; empty if absent.
    var message: String
    var address: Address
}

extension AnswerElement {
    /// Reads one element; anything but an object yields an empty element.
    init(_ element: JSONValue) {
        code = AnswerReading.word(element["code"])
        status = Status(element["status"]?.string)
        message = element["message"]?.string.map { SafeText.sanitised($0) } ?? ""
        address = Address(element["details"])
    }
}

extension AnswerElement.Status {
    init(_ status: String?) {
        switch status {
        case "success": self = .success
        case "error": self = .error
        default: self = .neither
        }
    }
}

extension AnswerElement.Address {
    init(_ details: JSONValue?) {
        guard case .object(let details)? = details else {
            self = .none
            return
        }
        if let id = details["id"], id != .null {
            self = AnswerReading.exactNumber(id).map(Self.id) ?? .unusable
        } else if let path = details["json_path"], path != .null {
            self = path.string.flatMap(Self.dataIndex(ofPath:)).map(Self.path) ?? .unusable
        } else {
            self = .none
        }
    }

    /// 12 for `$.data[12].list_price`; nil for other paths.
    static func dataIndex(ofPath path: String) -> Int? {
        let prefix = "$.data["
        guard path.hasPrefix(prefix) else { return nil }
        let rest = path.utf8.dropFirst(prefix.utf8.count)
        let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard !digits.isEmpty, digits.count <= 4,
            rest.dropFirst(digits.count).first == UInt8(ascii: "]")
        else { return nil }
        return Int(Substring(digits))
    }
}
