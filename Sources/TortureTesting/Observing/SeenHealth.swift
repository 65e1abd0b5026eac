import JSONText
import JobModel

/// What the end of a request says about its service, as far as Zoho's pages leave no doubt.
enum SeenWord {
    /// The service has said something clear about what it was asked.
    case clear
    /// A fault that asks for a retry of the same request.
    case fault
    /// A fault after which the request may be made shorter instead.
    case trouble
    /// Nothing was sent.
    case unsent
    case throttled
    /// A refused token: it says nothing about the service.
    case unauthorised
    /// Any of these.
    case unsure

    init(_ sending: Sending, _ end: SeenEnd) {
        switch end {
        case .failure(let failure): self = failure.mayHaveActed ? .fault : .unsent
        case .success(let answer):
            switch answer.seenClass {
            case .throttled, .outOfCalls: self = .throttled
            case .unauthorised: self = .unauthorised
            case .fault: self = answer.status == 400 ? .trouble : .fault
            case .elements: self = SeenWord.names(answer, sending) ? .clear : .unsure
            case .refused: self = SeenWord.isKnown(answer) ? .clear : .unsure
            case .empty: self = .unsure
            }
        }
    }

    /// One element at least speaks of something that was asked for, and is the only one to do so.
    private static func names(_ answer: SeenAnswer, _ sending: Sending) -> Bool {
        guard [200, 202, 207, 400].contains(answer.status) else { return false }
        guard case .items(_, _, _, let ids) = sending.request.content else {
            return !answer.elements.isEmpty
        }
        let named = answer.elements.compactMap { element in
            element["details"]?["id"]?.string.flatMap { UInt64($0) }
        }
        return ids.contains { id in named.count { $0 == id } == 1 }
    }

    private static func isKnown(_ answer: SeenAnswer) -> Bool {
        let codes =
            SeenJournal.codesOfKinds + SeenJournal.possibleCodesOfKinds + ["INVALID_DATA"]
        return (400..<413).contains(answer.status) && answer.status != 401
            && codes.contains(answer.code)
    }
}

/// What is known of a service in one process from what it answered.
enum SeenHealth {
    /// The last answer was clear.
    case well
    /// It has given no clear answer in this process, or none since its faults began.
    case unwell
    case unsure

    mutating func heard(_ word: SeenWord) {
        switch word {
        case .clear: self = .well
        case .fault, .unsent, .throttled: self = .unwell
        // A request that is refused for its length says nothing about the service.
        case .trouble, .unsure: self = .unsure
        case .unauthorised: break
        }
    }
}
