import Testing
import ZohoAPI

struct ErrorCatalogueTests {
    /// Every code of the five documents, with its class.
    @Test(arguments: [
        ("INVALID_MODULE", ErrorClass.kindForGood), ("INVALID_URL_PATTERN", .kindForGood),
        ("OAUTH_SCOPE_MISMATCH", .kindForGood), ("NO_PERMISSION", .kindPerhaps),
        ("INTERNAL_ERROR", .transient), ("INVALID_REQUEST_METHOD", .item),
        ("AUTHORIZATION_FAILED", .kindPerhaps), ("INVALID_DATA", .data),
        ("UNABLE_TO_PARSE_DATA_TYPE", .data), ("MANDATORY_NOT_FOUND", .item),
        ("NOT_SUPPORTED", .kindForGood), ("REQUIRED_PARAM_MISSING", .item),
        ("LIMIT_EXCEEDED", .data), ("TOO_MANY_REQUESTS", .throttled),
        ("RATE_LIMIT_EXCEEDED", .throttled), ("INVALID_TOKEN", .unauthorised),
        ("AUTHENTICATION_FAILURE", .unauthorised), ("DUPLICATE_DATA", .item),
        ("CANNOT_BE_UPDATED", .item), ("DISCRETE_PAGINATION_LIMIT_EXCEEDED", .item),
        ("1030", .unauthorised), ("2955", .throttled), ("3001", .item), ("3100", .nothingToDo),
        ("3960", .item), ("4000", .outOfCalls),
    ])
    func `a documented code has its class`(code: String, errorClass: ErrorClass) {
        #expect(ErrorCatalogue.errorClass(of: code) == errorClass)
    }

    @Test func `an unknown code is an item failure`() {
        #expect(ErrorCatalogue.entry(for: "SOMETHING_NEW") == nil)
        #expect(ErrorCatalogue.errorClass(of: "SOMETHING_NEW") == .item)
        #expect(ErrorCatalogue.errorClass(of: "invalid_data") == .item)
    }

    @Test func `every entry says what happened and what to do, in the house's form`() {
        for entry in ErrorCatalogue.entries {
            for text in [entry.meaning, entry.resolution] {
                #expect(!text.isEmpty && text.utf8.count < 300, "\(entry.code)")
                #expect(!text.hasSuffix("."), "\(entry.code): no full stop")
            }
            #expect(ErrorCatalogue.entry(for: entry.code) == entry)
        }
    }
}
