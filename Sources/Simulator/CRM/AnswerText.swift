/// Renders answers as Zoho's pages show them.
///
/// Bodies are fixed texts with digits and our own names inserted, so no JSON writer is needed: a
/// call must cost microseconds.
struct AnswerText {
    private(set) var bytes: [UInt8] = []

    /// A refusal of the whole request: `{"code","details","message","status":"error"}`.
    static func refusal(_ refusal: CRMRefusal) -> [UInt8] {
        var text = AnswerText()
        text.append(refusal)
        return text.bytes
    }

    /// `{"data":[…]}`.
    static func elements(_ elements: [Element]) -> [UInt8] {
        var text = AnswerText()
        text.bytes.reserveCapacity(16 + elements.count * 112)
        text.append(#"{"data":["#)
        for (index, element) in elements.enumerated() {
            if index > 0 { text.bytes.append(0x2C) }
            text.append(element)
        }
        text.append("]}")
        return text.bytes
    }

    private mutating func append(_ refusal: CRMRefusal) {
        append(#"{"code":""#)
        append(refusal.code)
        append(#"","details":{"#)
        switch refusal.details {
        case .none:
            break
        case .resourcePathIndex(let index):
            append(#""resource_path_index":"#)
            append(UInt64(index))
        case .missingParameter(let name):
            append(#""param_name":""#)
            append(name)
            append(#"""#)
        case .field(let name, let maximumLength):
            if let maximumLength {
                append(#""maximum_length":"#)
                append(UInt64(maximumLength))
                append(",")
            }
            append(#""api_name":""#)
            append(name)
            append(#"","json_path":"$."#)
            append(name)
            append(#"""#)
        case .limit(let limit, let name):
            append(#""limit":""#)
            append(UInt64(limit))
            append(#"","param_name":""#)
            append(name)
            append(#"""#)
        case .permission(let name):
            append(#""permissions":[""#)
            bytes.append(contentsOf: name.utf8)
            append(#""]"#)
        case .retryAfter(let wait):
            append(#""trace_id":"0","retry_after":"#)
            let quote = wait.isNumber ? "" : #"""#
            bytes.append(contentsOf: (quote + wait.text + quote).utf8)
        }
        append(#"},"message":""#)
        append(refusal.message)
        append(#"","status":"error"}"#)
    }

    private mutating func append(_ element: Element) {
        append(#"{"code":""#)
        append(element.code)
        append(#"","details":{"#)
        if let path = element.path {
            append(#""api_name":""#)
            append(path.field)
            append(#"","json_path":"$.data["#)
            append(UInt64(path.index))
            append("].")
            append(path.field)
            append(#"""#)
        } else if let id = element.id {
            append(#""id":""#)
            append(id)
            append(#"""#)
        }
        append(#"},"message":""#)
        append(element.message)
        append(element.isSuccess ? #"","status":"success"}"# : #"","status":"error"}"#)
    }

    private mutating func append(_ text: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(
                start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Plain decimal digits.
    mutating func append(_ number: UInt64) {
        bytes.appendDecimal(number)
    }
}

extension [UInt8] {
    /// Appends `number` in decimal digits, without an allocation of its own.
    mutating func appendDecimal(_ number: UInt64) {
        if number < 10 {
            append(0x30 + UInt8(number))
            return
        }
        let start = count
        var rest = number
        while rest > 0 {
            append(0x30 + UInt8(rest % 10))
            rest /= 10
        }
        self[start...].reverse()
    }
}
