/// What an answer says that speaks of no part of its request: the cases that all judgements share.
enum WholeAnswer: Equatable {
    case throttled(Remark, Duration?)
    case unauthorised(Remark)
    case outOfCalls(Remark)
    case unclear(Remark)
    case refused(Remark, Refusal)
}

extension Judgement {
    init(_ answer: WholeAnswer) {
        switch answer {
        case .throttled(let remark, let pause): self = .throttled(remark, retryAfter: pause)
        case .unauthorised(let remark): self = .unauthorised(remark)
        case .outOfCalls(let remark): self = .outOfCalls(remark)
        case .unclear(let remark): self = .unclear(remark)
        case .refused(let remark, let refusal): self = .refused(remark, refusal)
        }
    }
}

extension RoundJudgement {
    init(_ answer: WholeAnswer) {
        switch answer {
        case .throttled(let remark, let pause): self = .throttled(remark, retryAfter: pause)
        case .unauthorised(let remark): self = .unauthorised(remark)
        case .outOfCalls(let remark): self = .outOfCalls(remark)
        case .unclear(let remark): self = .unclear(remark)
        case .refused(let remark, let refusal): self = .refused(remark, refusal)
        }
    }
}

extension PinJudgement {
    init(_ answer: WholeAnswer) {
        switch answer {
        case .throttled(let remark, let pause): self = .throttled(remark, retryAfter: pause)
        case .unauthorised(let remark): self = .unauthorised(remark)
        case .outOfCalls(let remark): self = .outOfCalls(remark)
        case .unclear(let remark): self = .unclear(remark)
        case .refused(let remark, let refusal): self = .refused(remark, refusal)
        }
    }
}

extension PageJudgement {
    init(_ answer: WholeAnswer) {
        switch answer {
        case .throttled(let remark, let pause): self = .throttled(remark, retryAfter: pause)
        case .unauthorised(let remark): self = .unauthorised(remark)
        case .outOfCalls(let remark): self = .outOfCalls(remark)
        case .unclear(let remark): self = .unclear(remark)
        case .refused(let remark, let refusal): self = .refused(remark, refusal)
        }
    }
}
