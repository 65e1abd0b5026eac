import JSONText
import JobModel
import ZohoAPI

/// A request as seen on the wire: method, target and body.
struct SeenRequest {
    enum Content: Equatable {
        /// DELETE or PUT of relations, DELETE of files.
        case items(module: String, parent: UInt64, list: String, ids: [UInt64])
        /// A page of a deleted parent's children.
        case page(module: String, parent: UInt64, list: String)
        /// A deletion in Creator; `named` = the records that its criteria names by id.
        case round(report: String, criteria: String, named: [UInt64])
        /// A Creator listing for the next round.
        case listing(report: String)
        /// Reads something and changes nothing.
        case read
        /// Anything else.
        case unknown
    }

    var service: Service
    var method: String
    var target: String
    var headers: [HTTPHeader]
    var body: [UInt8]
    /// It is the first request on its connection.
    var needsFreshConnection: Bool
    var content: Content

    init(
        service: Service, method: String, target: String, headers: [HTTPHeader] = [],
        body: [UInt8], needsFreshConnection: Bool = false
    ) {
        self.service = service
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.needsFreshConnection = needsFreshConnection
        content = .unknown
        content = read()
    }

    /// Whether it may change data.
    var mayAct: Bool { method != "GET" }

    /// The request's kind, without record ids: `DELETE Campaigns/Leads`.
    var kind: String {
        switch content {
        case .items(let module, _, let list, _): "\(method) \(module)/\(list)"
        case .page(let module, _, let list): "discover \(module)/\(list)"
        case .round(let report, _, _): "round \(report)"
        case .listing(let report): "listing \(report)"
        case .read, .unknown: "\(method) \(target)"
        }
    }

    private func read() -> Content {
        let parts = target.split(separator: "?", maxSplits: 1)
        let path = (parts.first ?? "").split(separator: "/").map(String.init)
        let query = parts.count > 1 ? String(parts[1]) : ""
        if service == .creator { return readCreator(path) }
        guard path.count >= 5, path[0] == "crm" else { return method == "GET" ? .read : .unknown }
        if path[3] == "deleted" {
            guard path.count == 6, let parent = UInt64(path[4]) else { return .unknown }
            return .page(module: path[2], parent: parent, list: path[5])
        }
        guard let parent = UInt64(path[3]) else { return method == "GET" ? .read : .unknown }
        if method == "GET" { return .read }
        if path.count == 6, query.isEmpty, let id = UInt64(path[5]) {
            return .items(module: path[2], parent: parent, list: path[4], ids: [id])
        }
        guard path.count == 5 else { return .unknown }
        let ids = method == "PUT" ? bodyIDs : SeenRequest.ids(ofQuery: query)
        guard let ids, !ids.isEmpty else { return .unknown }
        return .items(module: path[2], parent: parent, list: path[4], ids: ids)
    }

    private static func ids(ofQuery query: String) -> [UInt64]? {
        guard query.hasPrefix("ids=") else { return nil }
        let words = query.dropFirst(4).split(separator: ",", omittingEmptySubsequences: false)
        let ids = words.compactMap { UInt64($0) }
        return ids.count == words.count ? ids : nil
    }

    /// Records that the criteria of a round leaves out by their ids.
    var excluded: [UInt64] {
        guard case .round(_, let criteria, _) = content else { return [] }
        return criteria.split(separator: " && ID!=").dropFirst().compactMap {
            UInt64($0.prefix { $0.isNumber })
        }
    }

    private var bodyValue: JSONValue? {
        do throws(JSONError) { return try JSONTree.parse(body) } catch { return nil }
    }

    /// The environment of an application.
    var environment: String { header("environment") ?? "production" }

    /// The user as which a deletion in Creator is done; empty for the token's own user.
    var demoUser: String { header("demo_user_name") ?? "" }

    /// Workflows that a deletion in Creator does not start.
    var skippedWorkflows: [String] {
        bodyValue?["skip_workflow"]?.array?.compactMap(\.string) ?? []
    }

    private func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The elements of an update's body.
    var bodyElements: [JSONValue] { bodyValue?["data"]?.array ?? [] }

    private var bodyIDs: [UInt64]? {
        bodyValue?["data"]?.array?.compactMap { $0["id"]?.string.flatMap { UInt64($0) } }
    }

    private func readCreator(_ path: [String]) -> Content {
        guard path.count >= 2, path[path.count - 2] == "report", let report = path.last else {
            return method == "GET" ? .read : .unknown
        }
        if method == "GET" { return .listing(report: report) }
        guard let criteria = bodyValue?["criteria"]?.string else { return .unknown }
        var named: [UInt64] = []
        for piece in criteria.split(separator: "ID==").dropFirst() {
            if let id = UInt64(piece.prefix { $0.isNumber }) { named.append(id) }
        }
        return .round(report: report, criteria: criteria, named: named)
    }
}
