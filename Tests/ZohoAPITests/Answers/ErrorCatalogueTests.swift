import JobModel
import Testing
import ZohoAPI

struct ErrorCatalogueTests {
    /// Every documented or otherwise known code with its class and HTTP statuses.
    static let codes: [(String, ErrorClass, [Int])] = [
        // The documents' own errors
        ("INVALID_MODULE", .kindPermanently, [400]),
        ("INVALID_URL_PATTERN", .kindPermanently, [404]),
        ("OAUTH_SCOPE_MISMATCH", .kindPermanently, [401, 403]),
        ("NO_PERMISSION", .kindIfRepeated, [403]),
        ("INTERNAL_ERROR", .transient, [500]), ("INVALID_REQUEST_METHOD", .item, [400]),
        ("AUTHORIZATION_FAILED", .kindIfRepeated, [400]),
        ("INVALID_DATA", .data, [400, 404, 202, 207]), ("UNABLE_TO_PARSE_DATA_TYPE", .data, [400]),
        ("MANDATORY_NOT_FOUND", .item, [202, 207, 400]), ("NOT_SUPPORTED", .kindPermanently, [400]),
        ("REQUIRED_PARAM_MISSING", .item, [400]),
        // Known from elsewhere
        ("LIMIT_EXCEEDED", .data, [400]), ("DUPLICATE_DATA", .item, [202, 207, 400]),
        ("CANNOT_BE_UPDATED", .item, [400]), ("DOWNLOAD_NOT_ALLOWED", .item, [400]),
        ("DISCRETE_PAGINATION_LIMIT_EXCEEDED", .item, [400]),
        ("INVALID_TOKEN", .unauthorised, [401]), ("AUTHENTICATION_FAILURE", .unauthorised, [401]),
        ("TOO_MANY_REQUESTS", .throttled, [429]), ("429", .throttled, [429]),
        ("RATE_LIMIT_EXCEEDED", .throttled, [429]),
        // The token endpoint
        ("invalid_client", .item, [200, 400]), ("invalid_client_secret", .item, [200, 400]),
        ("invalid_code", .item, [200, 400]), ("Access Denied", .throttled, [400]),
        // Creator
        ("1000", .item, [401, 404]), ("1030", .unauthorised, [401]), ("1038", .item, [400]),
        ("1040", .item, [404]), ("1130", .kindPermanently, []), ("2892", .item, [404]),
        ("2893", .item, [404]), ("2894", .item, [404]), ("2896", .item, [403]),
        ("2897", .item, [403]), ("2898", .item, [403]), ("2899", .item, [403]),
        ("2933", .item, [403]), ("2945", .item, []), ("2955", .throttled, [429]),
        ("3001", .item, [200]), ("3020", .item, [400]), ("3060", .item, []),
        ("3100", .nothingToDo, [404]), ("3830", .item, []), ("3910", .item, []),
        ("3920", .item, []), ("3930", .item, []), ("3950", .item, [200]), ("3960", .item, [200]),
        ("3970", .item, [200]), ("4000", .outOfCalls, [200]), ("8011", .item, [400]),
        ("8012", .item, [400]), ("INVALID_OAUTHSCOPE", .kindPermanently, [401]),
    ]

    @Test(arguments: codes)
    func `a code has its class and its statuses`(
        code: String, errorClass: ErrorClass, statuses: [Int]
    ) {
        #expect(ErrorCatalogue.errorClass(of: code) == errorClass)
        #expect(ErrorCatalogue.entry(for: code)?.statuses == statuses)
    }

    @Test func `the table above is complete`() {
        #expect(
            ErrorCatalogue.entries.map(\.code).sorted() == Self.codes.map { $0.0 }.sorted())
    }

    @Test func `an unknown code is an item failure, and a success is no error`() {
        for code in ["SOMETHING_NEW", "invalid_data", "SUCCESS", "3000", ""] {
            #expect(ErrorCatalogue.entry(for: code) == nil)
            #expect(ErrorCatalogue.errorClass(of: code) == .item)
        }
    }

    /// Each code with each of its statuses through the classifier: never a success, never `absent`,
    /// and no endless retry that its class does not call for.
    @Test func `no code of any status is taken for a success`() {
        for (code, errorClass, statuses) in Self.codes {
            for status in statuses.isEmpty ? [200, 400, 403] : statuses {
                let isNumber = code.allSatisfy(\.isNumber)
                let body =
                    isNumber
                    ? "{\"code\":\(code),\"description\":\"no\"}" : AnswerSamples.whole(code)
                let answer = AnswerSamples.answer(status, body)
                let call = AnswerReading.classify(answer, for: AnswerSamples.double)
                let round = AnswerReading.classify(answer, for: RoundAnswerTests.content)
                let page = AnswerReading.classify(answer, for: DeletedPageRequestTests.content())
                if case .content = call { Issue.record("\(code) \(status)") }
                if case .content = page { Issue.record("\(code) \(status)") }
                if case .content(let result) = round {
                    #expect(result.nothingMatched && errorClass == .nothingToDo)
                }
                let word = RoundAnswerTests.word(round)
                switch errorClass {
                case .throttled: #expect(word == "throttled" && call.word == "throttled")
                case .unauthorised: #expect(word == "unauthorised" && call.word == "unauthorised")
                case .outOfCalls: #expect(word == "out of calls" && call.word == "out of calls")
                case .transient: #expect(word == "unclear" && call.word == "unclear")
                case .kindPermanently:
                    #expect(word == "refused kind permanently" && call.word == word, "\(code)")
                case .kindIfRepeated:
                    #expect(word == "refused kind perhaps" && call.word == word, "\(code)")
                case .nothingToDo: #expect(word == "nothing")
                case .data, .item:
                    // 3001 without elements may have deleted others.
                    #expect(word == (code == "3001" ? "unclear" : "refused call"), "\(code)")
                }
            }
        }
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
