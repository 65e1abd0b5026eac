/// The requested part of a list.
struct Paging: Equatable {
    /// From 1.
    var page = 1
    var perPage = Paging.maximumPerPage
    /// The position at which a page token continues, counted from 0.
    var tokenOffset: Int?

    /// The documents' largest and default page.
    static let maximumPerPage = 200
    /// Records reachable by `page` alone, from v3 on (v8 OpenAPI notes).
    static let maximumPagedRecords = 2_000

    init() {}

    /// - Throws: the refusal of a value that is no positive integer, or too large.
    init(_ parameters: FormText, takesToken: Bool) throws(Organisation.RefusalError) {
        if let text = parameters["page"] {
            guard let number = Self.positive(text) else {
                throw .init(.invalidParameter("page"))
            }
            page = number
        }
        if let text = parameters["per_page"] {
            guard let number = Self.positive(text), number <= Self.maximumPerPage else {
                throw .init(.invalidParameter("per_page"))
            }
            perPage = number
        }
        guard let text = parameters["page_token"] else { return }
        guard takesToken, parameters["page"] == nil, let offset = Self.offset(text) else {
            throw .init(.invalidParameter("page_token"))
        }
        tokenOffset = offset
    }

    var offset: Int { tokenOffset ?? (page - 1) * perPage }

    /// The part of `items` that is asked for, and whether more follows.
    func part<Item>(of items: [Item]) -> (items: ArraySlice<Item>, hasMore: Bool) {
        let start = min(offset, items.count)
        let end = min(start + perPage, items.count)
        return (items[start..<end], end < items.count)
    }

    /// The token that leads to the next part: opaque to clients.
    var nextToken: String {
        let scrambled = SeededGenerator.scrambled(UInt64(offset + perPage))
        return String(scrambled, radix: 16) + "x" + String(offset + perPage, radix: 16)
    }

    private static func offset(_ token: String) -> Int? {
        let parts = token.split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2, let check = UInt64(parts[0], radix: 16),
            let offset = UInt32(parts[1], radix: 16),
            SeededGenerator.scrambled(UInt64(offset)) == check
        else { return nil }
        return Int(offset)
    }

    private static func positive(_ text: String) -> Int? {
        guard text.utf8.count <= 9, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let number = Int(text), number > 0
        else { return nil }
        return number
    }
}
