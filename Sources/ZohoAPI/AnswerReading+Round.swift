import JSONText
import JobModel

extension AnswerReading {
    /// What the answer to a Creator round means.
    package static func judge(_ answer: HTTPAnswer, for content: RoundContent) -> RoundJudgement {
        .unclear(Remark(status: answer.status, code: "", said: ""))
    }

    /// What the answer to a listing before a pinned round means.
    package static func judge(_ answer: HTTPAnswer, for content: PinContent) -> PinJudgement {
        .unclear(Remark(status: answer.status, code: "", said: ""))
    }
}
