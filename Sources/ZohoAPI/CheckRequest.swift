import JSONText
import JobModel

/// Reading requests that prove an access token, and nothing else: `relsweep auth check`.
///
/// `GET /crm/{v}/org` tells whose the token is and wants `ZohoCRM.org.READ`; without that scope the
/// refusal `OAUTH_SCOPE_MISMATCH` proves as well that the token is good here. Where an API does not
/// have it, `GET /crm/{v}/settings/modules` is asked.
package enum CheckRequest: String, CaseIterable, Sendable {
    case organisation = "org"
    case modules = "settings/modules"

    /// The request; no body, no effect.
    package func request(_ profile: ServiceProfile) -> APIRequest {
        APIRequest(service: .crm, method: .get, target: "/crm/\(profile.crmVersion)/\(rawValue)")
    }

    /// What an answer says of the token.
    package enum Verdict: Equatable, Sendable {
        /// Taken; whose it is, where the answer tells.
        case taken(organisation: String?)
        /// Unknown here: expired, revoked, or of another data centre.
        case refused(Remark)
        /// Says nothing of the token.
        case unclear(Remark)
    }

    /// Judges by status and code; words are only shown.
    package func judge(_ answer: HTTPAnswer) -> Verdict {
        let body = AnswerReading.readBody(answer)
        let code = SafeText.sanitised(
            body?["code"]?.string ?? body?["code"]?.number?.text ?? "",
            maximumByteCount: AnswerReading.maximumCodeByteCount)
        let remark = Remark(
            status: answer.status, code: code,
            said: SafeText.sanitised(body?["message"]?.string ?? ""))
        if code == "OAUTH_SCOPE_MISMATCH" { return .taken(organisation: nil) }
        if answer.status == 401 { return .refused(remark) }
        guard answer.status == 200, let body, body[rawValue == "org" ? "org" : "modules"] != nil
        else {
            // Who is known and may not is known.
            return answer.status == 403 && code == "NO_PERMISSION"
                ? .taken(organisation: nil) : .unclear(remark)
        }
        let organisation = body["org"]?.array?.first
        let name = organisation?["company_name"]?.string
        let id = organisation?["id"]?.string ?? organisation?["zgid"]?.string
        let words = [name, id.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
        return .taken(organisation: words.isEmpty ? nil : SafeText.sanitised(words))
    }
}
