/// What an answer says that speaks of no part of its request: the cases that all judgements share.
enum WholeAnswer: Equatable {
    case throttled(ServiceMessage, Duration?)
    case unauthorised(ServiceMessage)
    case outOfCalls(ServiceMessage)
    case unclear(ServiceMessage)
    case refused(ServiceMessage, RefusalScope)
}

extension Judgement {
    init(_ answer: WholeAnswer) {
        switch answer {
        case .throttled(let message, let pause): self = .throttled(message, retryAfter: pause)
        case .unauthorised(let message): self = .unauthorised(message)
        case .outOfCalls(let message): self = .outOfCalls(message)
        case .unclear(let message): self = .unclear(message)
        case .refused(let message, let refusal): self = .refused(message, refusal)
        }
    }
}

extension RoundJudgement {
    init(_ answer: WholeAnswer) {
        switch answer {
        case .throttled(let message, let pause): self = .throttled(message, retryAfter: pause)
        case .unauthorised(let message): self = .unauthorised(message)
        case .outOfCalls(let message): self = .outOfCalls(message)
        case .unclear(let message): self = .unclear(message)
        case .refused(let message, let refusal): self = .refused(message, refusal)
        }
    }
}

extension ListingJudgement {
    init(_ answer: WholeAnswer) {
        switch answer {
        case .throttled(let message, let pause): self = .throttled(message, retryAfter: pause)
        case .unauthorised(let message): self = .unauthorised(message)
        case .outOfCalls(let message): self = .outOfCalls(message)
        case .unclear(let message): self = .unclear(message)
        case .refused(let message, let refusal): self = .refused(message, refusal)
        }
    }
}

extension PageJudgement {
    init(_ answer: WholeAnswer) {
        switch answer {
        case .throttled(let message, let pause): self = .throttled(message, retryAfter: pause)
        case .unauthorised(let message): self = .unauthorised(message)
        case .outOfCalls(let message): self = .outOfCalls(message)
        case .unclear(let message): self = .unclear(message)
        case .refused(let message, let refusal): self = .refused(message, refusal)
        }
    }
}
