import JSONText
import JobModel

/// The organisation of a token.
package struct OrganisationIdentity: Equatable, Sendable, CustomStringConvertible {
    /// `zgid`, the id across all Zoho services, else the CRM id. Digits.
    package let id: String
    /// `company_name`, sanitised for printing; empty if absent.
    package let name: String

    /// nil for an invalid id.
    package init?(id: String, name: String = "") {
        guard (1...32).contains(id.utf8.count), id.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        self.id = id
        self.name = SafeText.sanitised(name, maximumByteCount: 100)
    }

    /// `Zylker (60001234)`
    package var description: String { name.isEmpty ? id : "\(name) (\(id))" }
}

/// Read-only requests that verify an access token and identify its organisation, for `relsweep auth
/// check` and for the organisation pinned by a run.
///
/// `GET /crm/{v}/org` identifies the organisation and needs `ZohoCRM.org.READ`. Without the scope,
/// `OAUTH_SCOPE_MISMATCH` still proves that the token is valid here. APIs without it are asked for
/// `GET /crm/{v}/settings/modules`.
package enum CheckRequest: String, CaseIterable, Sendable {
    case organisation = "org"
    case modules = "settings/modules"

    /// The request; no body, no effect.
    package func request(_ profile: ServiceProfile) -> APIRequest {
        APIRequest(service: .crm, method: .get, target: "/crm/\(profile.crmVersion)/\(rawValue)")
    }

    /// What an answer proves about the token.
    package enum TokenStatus: Equatable, Sendable {
        /// Accepted; with the organisation if the answer names it.
        case accepted(organisation: OrganisationIdentity?)
        /// Rejected: expired, revoked, or from another data centre.
        case refused(ServiceMessage)
        /// Proves nothing.
        case unclear(ServiceMessage)
    }

    /// Decides by status and code; the message is only displayed.
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
            // A refusal for lack of permission proves the token valid.
            return answer.status == 403 && code == "NO_PERMISSION"
                ? .accepted(organisation: nil) : .unclear(message)
        }
        let organisation = body["org"]?.array?.first
        let id = ["zgid", "id"].lazy.compactMap {
            organisation?[$0]?.string ?? organisation?[$0]?.number?.text
        }.first
        return .accepted(
            organisation: id.flatMap {
                OrganisationIdentity(id: $0, name: organisation?["company_name"]?.string ?? "")
            })
    }
}
