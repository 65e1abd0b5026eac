// GET /crm/{v}/org and /crm/{v}/users[/{id}]: who the organisation and its user are. Newer official
// SDKs ask for both when they are initialised, and the id shows a client which organisation
// its token belongs to. Source: Zoho's OpenAPI 3.1 description of v8 and the SDKs; only the keys
// that they read are sent.

import JSONText

/// The simulated organisation and its only user, as the service describes them.
package struct OrganisationProfile: Equatable, Sendable {
    /// The organisation's id in the CRM.
    package var id = "2423488000000000107"
    /// Its id over all services.
    package var zgid = "60012345678"
    /// Its name.
    package var companyName = "Simulated Organisation"
    /// The user's id.
    package var userID = "2423488000000483001"
    /// The user's address.
    package var userEmail = "patricia@example.com"

    /// The defaults.
    package init() {}
}

extension Organisation {
    /// - Parameter name: `org` or `users`.
    mutating func profile(
        _ name: String, _ target: CRMTarget, _ request: HTTPRequest
    ) -> Answer {
        guard request.method == .get || request.method == .head else {
            return refuse(.invalidMethod)
        }
        if let refusal = profileScopeRefusal(name) { return refuse(refusal) }
        var writer = JSONWriter()
        writer.beginObject()
        if name == "org" {
            writeOrganisation(&writer)
        } else {
            guard let parameters = target.parameters else { return refuse(.unparsable) }
            if let type = parameters["type"], !Self.userTypes.contains(type) {
                return refuse(.invalidParameter("type"))
            }
            if let id = target.parentID, String(id) != settings.profile.userID {
                counts.note(.profile)
                return .noContent
            }
            writeUser(&writer, isOne: target.hasParent)
        }
        writer.endObject()
        counts.note(.profile)
        return .whole(Reply(status: 200, body: writer.bytes))
    }

    private static let userTypes: Set<String> = [
        "AllUsers", "ActiveUsers", "DeactiveUsers", "ConfirmedUsers", "NotConfirmedUsers",
        "DeletedUsers", "ActiveConfirmedUsers", "AdminUsers", "ActiveConfirmedAdmins",
        "CurrentUser",
    ]

    private func writeOrganisation(_ writer: inout JSONWriter) {
        writer.key("org")
        writer.beginArray()
        writer.beginObject()
        writer.member("id", string: settings.profile.id)
        writer.member("zgid", string: settings.profile.zgid)
        writer.member("company_name", string: settings.profile.companyName)
        writer.member("primary_email", string: settings.profile.userEmail)
        writer.member("time_zone", string: "Asia/Kolkata")
        writer.member("max_per_page", integer: 200)
        writer.endObject()
        writer.endArray()
    }

    private func writeUser(_ writer: inout JSONWriter, isOne: Bool) {
        writer.key("users")
        writer.beginArray()
        writer.beginObject()
        writer.member("id", string: settings.profile.userID)
        writer.member("full_name", string: "Patricia")
        writer.member("last_name", string: "Patricia")
        writer.member("email", string: settings.profile.userEmail)
        writer.member("status", string: "active")
        writer.endObject()
        writer.endArray()
        if isOne { return }
        writer.key("info")
        writer.beginObject()
        writer.member("per_page", integer: 200)
        writer.member("count", integer: 1)
        writer.member("page", integer: 1)
        writer.member("more_records", bool: false)
        writer.endObject()
    }
}
