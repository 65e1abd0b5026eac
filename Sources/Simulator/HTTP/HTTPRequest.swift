/// A complete HTTP request.
///
/// The head is kept as the bytes that came, and the parts point into it: a request costs two
/// allocations, and no part is converted to text that could differ from it.
package struct HTTPRequest: Equatable, Sendable {
    /// The methods the simulated service knows by name.
    package enum Method: Equatable, Sendable {
        case get, head, post, put, delete, patch, options
        /// Any other method.
        case other
    }

    /// One header line, as positions in `head`: the name, and the value without outer blanks.
    package struct Field: Equatable, Sendable {
        /// The name's position.
        package var name: Range<Int>
        /// The value's position.
        package var value: Range<Int>
    }

    /// What was asked for, by method.
    package var method: Method
    /// The request line and the header lines, as they came.
    package var head: [UInt8]
    /// The request target's position in `head`, in origin form (an absolute form is cut to it).
    package var target: Range<Int>
    /// The header lines in order.
    package var fields: [Field]
    /// The decoded body: at most the limit that the parser was given.
    package var body: [UInt8]
    /// False for HTTP/1.0.
    package var isVersion11: Bool
    /// Whether the connection stays open after the answer.
    package var keepsAlive: Bool

    /// The value of the first header line of that name, or nil.
    ///
    /// - Parameter lowercaseName: the name in lower case; names are compared without case.
    package func value(named lowercaseName: StaticString) -> ArraySlice<UInt8>? {
        for field in fields where head.spells(lowercaseName, at: field.name) {
            return head[field.value]
        }
        return nil
    }
}

extension [UInt8] {
    /// Whether the bytes at `range` are `lowercaseName`, ASCII case aside.
    func spells(_ lowercaseName: StaticString, at range: Range<Int>) -> Bool {
        guard lowercaseName.utf8CodeUnitCount == range.count else { return false }
        let wanted = UnsafeBufferPointer(
            start: lowercaseName.utf8Start, count: lowercaseName.utf8CodeUnitCount)
        for (offset, byte) in wanted.enumerated() {
            let seen = self[range.lowerBound + offset]
            let folded = seen >= 0x41 && seen <= 0x5A ? seen | 0x20 : seen
            if folded != byte { return false }
        }
        return true
    }
}
