import JSONText
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(20))) struct SimulatorServerOperationsTests {
    static let form = "refresh_token=1000.r&client_id=c&client_secret=s&grant_type=refresh_token"

    static func exchange(_ client: RawClient) throws -> String {
        try client.send(
            "POST /oauth/v2/token HTTP/1.1\r\nHost: 127.0.0.1:9\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: \(form.utf8.count)\r\n\r\n\(form)")
        let body = try JSONTree.parse(client.answer().body)
        #expect(body["api_domain"]?.string == "http://127.0.0.1:9")
        return try #require(body["access_token"]?.string)
    }

    static func call(_ client: RawClient, _ line: String, _ token: String) throws
        -> RawClient.Answer
    {
        try client.send(
            "\(line) HTTP/1.1\r\nHost: a\r\nAuthorization: Zoho-oauthtoken \(token)\r\n\r\n")
        return try client.answer()
    }

    @Test func `tokens survive a new world and expire when their time has passed`() async throws {
        var settings = SimulatorSettings()
        settings.organisation.accounts.clients = [.init(id: "c", secret: "s")]
        settings.organisation.accounts.refreshTokens = [.init(token: "1000.r", clientID: "c")]
        let server = SimulatorServer(settings, world: World(.exact))
        let address = try server.start()
        try await RawClient.onOwnThread {
            let client = try RawClient(address)
            let token = try Self.exchange(client)
            var world = World(.exact)
            try world.addAttachment(module: "Leads", id: 1, attachmentID: 2)
            server.fill(world)
            let line = "GET /crm/v2/Leads/1/Attachments"
            #expect(try Self.call(client, line, token).value("x-accesstoken-reset") != nil)
            let deletion = try Self.call(client, "DELETE /crm/v2/Leads/1/Attachments/2", token)
            #expect(deletion.status == 200)
            let empty = try Self.call(client, line, token)
            #expect(empty.status == 204)
            #expect(empty.value("content-length") == nil && empty.value("content-type") == nil)
            server.passTime(3_600_000_000_000)
            #expect(try Self.call(client, line, token).status == 401)
            let next = try Self.exchange(client)
            #expect(try Self.call(client, line, next).status == 204)
        }
        server.stop()
        let counts = server.ledger().counts
        #expect(counts.accounts.exchanges == 2)
        #expect(counts.accounts.refusedTokens == 1)
        #expect(counts.attachmentsDeleted == 1)
    }

    @Test func `a hanging call is given up, whatever its service`() async throws {
        var settings = SimulatorSettings()
        settings.organisation.faults = try FaultPlan(parsing: "hang")
        settings.organisation.accounts.faults = try FaultPlan(parsing: "hang")
        let server = SimulatorServer(settings)
        let address = try server.start()
        try await RawClient.onOwnThread {
            for line in [
                "DELETE /crm/v2/Leads/1/Campaigns/2", "GET \(CreatorTests.path)",
                "POST /oauth/v2/token",
            ] {
                let client = try RawClient(address)
                try client.send("\(line) HTTP/1.1\r\nHost: a\r\n\r\n")
                client.finishWriting()
                #expect(try client.isClosed())
            }
        }
        server.stop()
        #expect(server.ledger().counts.hangs == 3)
    }
}
