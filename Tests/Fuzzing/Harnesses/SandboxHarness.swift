import JSONText
import SandboxAPI

/// The simulated organisation answers whatever is asked, with a status and, where it has a body,
/// JSON.
enum SandboxHarness {
    private static let organisation: Organisation = {
        var world = World(.universal)
        do throws(WorldError) {
            try world.addDocumentSamples()
        } catch {
            preconditionFailure("broken belief: the documents' samples can be seeded: \(error)")
        }
        return Organisation(OrganisationSettings(), world: world)
    }()

    static func check(_ bytes: [UInt8]) throws(BrokenPromise) {
        var organisation = organisation
        var now: Int64 = 0
        for case .request(let request) in try HTTPHarness.events([bytes], HTTPLimits()) {
            let reply = organisation.reply(to: request, at: now)
            now += 1_000_000_000
            if reply.isActive { organisation.finished(reply.service) }
            try promise((200..<600).contains(reply.status), "the status is \(reply.status)")
            guard reply.contentType == .json, !reply.body.isEmpty else { continue }
            do throws(JSONError) {
                _ = try JSONTree.parse(reply.body)
            } catch {
                let text = String(decoding: reply.body, as: UTF8.self)
                throw BrokenPromise("the answer is no JSON: \(error): \(text)")
            }
        }
    }
}
