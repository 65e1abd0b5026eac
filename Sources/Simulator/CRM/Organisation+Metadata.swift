// GET /crm/{v}/settings/related_lists?module=, /settings/fields?module=, /settings/modules: as much
// as the official SDKs ask for before they read or update relations (they look up the list's module
// and its fields, and refuse what is not there). Only the keys that they read are sent.

import JSONText

extension Organisation {
    mutating func metadata(
        _ name: String, _ target: CRMTarget, _ request: HTTPRequest
    ) -> Answer {
        guard request.method == .get || request.method == .head else {
            return refuse(.invalidMethod)
        }
        guard let parameters = target.parameters else { return refuse(.unparsable) }
        guard ["modules", "fields", "related_lists"].contains(name) else {
            return refuse(.invalidURL)
        }
        if let refusal = settingsScopeRefusal(name) { return refuse(refusal) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(name)
        writer.beginArray()
        if name == "modules" {
            for (index, module) in Self.moduleNames.enumerated() {
                writeModule(module, index, &writer)
            }
        } else {
            guard let moduleName = parameters["module"] else {
                return refuse(.missingParameter("module"))
            }
            let module = ModuleName(moduleName)
            switch module {
            case .relating, .plain: break
            case .unsupported: return refuse(.unsupportedModule)
            case .unknown: return refuse(.unknownModule)
            }
            if name == "fields" {
                writeFields(&writer)
            } else {
                writeLists(module, moduleName, target.version, &writer)
            }
        }
        writer.endArray()
        writer.endObject()
        counts.note(.metadata)
        return .whole(Reply(status: 200, body: writer.bytes))
    }

    private static let moduleNames = [
        "Leads", "Accounts", "Contacts", "Deals", "Campaigns", "Tasks", "Cases", "Events", "Calls",
        "Solutions", "Products", "Vendors", "Price_Books", "Quotes", "Sales_Orders",
        "Purchase_Orders", "Invoices", "Notes", "Attachments",
    ]

    private func writeModule(_ name: String, _ index: Int, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("api_name", string: name)
        writer.member("module_name", string: name)
        writer.member("plural_label", string: name)
        writer.member("singular_label", string: name)
        writer.member("generated_type", string: "default")
        writer.member("api_supported", bool: true)
        writer.member("id", string: String(100 + index))
        writer.endObject()
    }

    /// The fields that the simulated records have. An SDK takes types from here: with the id
    /// listed it refuses numbers for it, with `Member_Status` as a picklist it refuses a string.
    /// Neither is a field of a module here: the id is none in v2, the other belongs to the link.
    private func writeFields(_ writer: inout JSONWriter) {
        let fields: [(name: String, type: String, jsonType: String)] = [
            ("Name", "text", "string"), ("Created_Time", "datetime", "string"),
            ("Modified_Time", "datetime", "string"),
        ]
        for (index, field) in fields.enumerated() {
            writer.beginObject()
            writer.member("api_name", string: field.name)
            writer.member("field_label", string: field.name)
            writer.member("display_label", string: field.name)
            writer.member("data_type", string: field.type)
            writer.member("json_type", string: field.jsonType)
            writer.member("system_mandatory", bool: false)
            writer.member("id", string: String(1_000 + index))
            writer.endObject()
        }
    }

    private func writeLists(
        _ module: ModuleName, _ moduleName: String, _ version: UInt8, _ writer: inout JSONWriter
    ) {
        var lists: [(name: String, module: String, isMany: Bool)] = []
        if case .relating(let parent) = module {
            for other in CRMModule.allCases
            where RelationPair(module: parent, list: other) != nil {
                lists.append((other.name, other.name, true))
            }
        }
        for name in ["Notes", "Attachments", "Tasks", "Calls", "Events"] {
            lists.append((name, name, false))
        }
        for (index, list) in lists.enumerated() {
            writer.beginObject()
            writer.member("id", string: String(10_000 + index))
            writer.member("api_name", string: list.name)
            writer.member("name", string: list.name)
            writer.member("display_label", string: list.name)
            writeModule(of: list.module, version, &writer)
            writer.member("type", string: list.isMany ? "multiselectlookup" : "default")
            if version >= 8 {
                for name in ["customize_sort", "customize_fields", "customize_display_label"] {
                    writer.member(name, bool: true)
                }
                writer.member("status", string: "visible")
            }
            writer.member("sequence_number", string: String(index + 1))
            writer.member("href", string: "\(moduleName)/{ENTITYID}/\(list.name)")
            writer.member("action", value: .null)
            writer.member("connectedmodule", value: list.isMany ? .string(list.module) : .null)
            writer.member(
                "linkingmodule",
                value: list.isMany ? .string("\(moduleName)_X_\(list.name)") : .null)
            writer.endObject()
        }
    }
    /// The module of a list: its name in v2, an object in v8, as the SDKs of these versions read it
    /// and OpenAPI 3.1 describes it. Chosen: the versions between them answer as v2.
    private func writeModule(of name: String, _ version: UInt8, _ writer: inout JSONWriter) {
        guard version >= 8 else {
            writer.member("module", string: name)
            return
        }
        writer.key("module")
        writer.beginObject()
        writer.member("api_name", string: name)
        writer.member("id", string: String(100 + (Self.moduleNames.firstIndex(of: name) ?? 99)))
        writer.endObject()
    }
}
