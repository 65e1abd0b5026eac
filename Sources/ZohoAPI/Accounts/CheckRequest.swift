import JSONText
import JobModel

/// The organisation that a token belongs to.
package struct OrganisationIdentity: Equatable, Sendable, CustomStringConvertible {
    /// `zgid`, its id over all services; where an API lacks that, its id in the CRM. Digits.
    package let id: String
    /// `company_name`, harmless to print; empty where it is not told.
    package let name: String

    /// nil for an id that is none.
    package init?(id: String, name: String = "") {
        guard (1...32).contains(id.utf8.count), id.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        self.id = id
        self.name = SafeText.sanitised(name, maximumByteCount: 100)
    }

    /// `Zylker (60001234)`
    package var description: String { name.isEmpty ? id : "\(name) (\(id))" }
}

/// Reading requests that prove an access token, and tell whose it is: `relsweep auth check`, and
/// the organisation that a run pins.
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
    package enum TokenStatus: Equatable, Sendable {
        /// Taken; whose it is, where the answer tells.
        case accepted(organisation: OrganisationIdentity?)
        /// Unknown here: expired, revoked, or of another data centre.
        case refused(ServiceMessage)
        /// Says nothing of the token.
        case unclear(ServiceMessage)
    }

    /// Judges by status and code; words are only shown.
    package func classify(_ answer: HTTPAnswer) -> TokenStatus {
        let body = AnswerReading.readBody(answer)
        let code = SafeText.sanitised(
            body?["code"]?.string ?? body?["code"]?.number?.text ?? "",
            maximumByteCount: AnswerReading.maximumCodeByteCount)
        let message = ServiceMessage(
            status: answer.status, code: code,
            text: SafeText.sanitised(body?["message"]?.string ?? ""))
        if code == "OAUTH_SCOPE_MISMATCH" { return .accepted(organisation: nil) }
        if answer.status == 401 { return .refused(message) }
        guard answer.status == 200, let body, body[rawValue == "org" ? "org" : "modules"] != nil
        else {
            // Who is known and may not is known.
            return answer.status == 403 && code == "NO_PERMISSION"
                ? .accepted(organisation: nil) : .unclear(message)
        }
        let told = body["org"]?.array?.first
        let id = ["zgid", "id"].lazy.compactMap { told?[$0]?.string ?? told?[$0]?.number?.text }
            .first
        return .accepted(
            organisation: id.flatMap {
                OrganisationIdentity(id: $0, name: told?["company_name"]?.string ?? "")
            })
    }
}
