import JSONText
import JobModel

extension AnswerReading {
    /// What the answer to a page of a deleted parent means.
    package static func judge(_ answer: HTTPAnswer, for content: PageContent) -> PageJudgement {
        .unclear(Remark(status: answer.status, code: "", said: ""))
    }
}
