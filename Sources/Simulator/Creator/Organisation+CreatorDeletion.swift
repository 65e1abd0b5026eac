import JSONText

extension Organisation {
    /// Records that one request deletes.
    static let maximumRecordsOfRound = 200

    /// What the body of a deletion says.
    private struct DeletionOrder {
        var criteria: CreatorCriteria
        var skipsWorkflow: Bool
        var wantsTasks: Bool
    }

    /// `DELETE …/report/{report}` with a criteria expression: up to 200 records, lowest id first
    /// (chosen).
    ///
    /// Undeletable records keep matching and occupy every round's 200;
    /// `more_records` stays true as long as they and others are more than 200.
    mutating func deleteByCriteria(
        _ call: CreatorCall, _ request: HTTPRequest
    ) throws(CreatorRefusal) -> Answer {
        let order = try order(request, world.reports[call.place])
        let parameter = "process_until_limit"
        guard call.target.parameters.count(of: parameter) <= 1 else { throw .missing(parameter) }
        // The document's Python sample sends `True`.
        let isLimited = call.target.parameters[parameter]?.lowercased() == "true"
        let report = world.reports[call.place]
        let places = report.places(
            matching: order.criteria, limit: Self.maximumRecordsOfRound + 1)
        if places.isEmpty { throw .noRecords }
        let hasMore = places.count > Self.maximumRecordsOfRound
        if hasMore, !isLimited { throw .tooManyRecords }
        counts.note(.creatorDelete)
        var elements: [CreatorElement] = []
        for place in places.prefix(Self.maximumRecordsOfRound) {
            elements.append(
                delete(call, place, report.rows[place], skipsWorkflow: order.skipsWorkflow))
            if order.wantsTasks, let redirection = report.redirection {
                elements[elements.count - 1].redirection = [redirection.window, redirection.url]
            }
        }
        world.reports[call.place].takeFleeting(matching: order.criteria)
        counts.creator.note(
            call.name, user: call.user, records: elements.count(where: \.isDeleted), rounds: 1)
        return .round(CreatorRound(elements: elements, hasMore: isLimited ? hasMore : nil))
    }

    /// `DELETE …/report/{report}/{id}`.
    mutating func deleteOne(_ call: CreatorCall, _ id: String) throws(CreatorRefusal) -> Reply {
        guard let number = UInt64(id), let place = world.reports[call.place].place(of: number)
        else {
            throw .noRecords
        }
        counts.note(.creatorDelete)
        let row = world.reports[call.place].rows[place]
        let element = delete(call, place, row, skipsWorkflow: false)
        counts.creator.note(
            call.name, user: call.user, records: element.isDeleted ? 1 : 0, rounds: 0)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("code", integer: element.isDeleted ? 3000 : 3001)
        writer.member("data", value: .object(JSONObject([(key: "ID", value: .string(id))])))
        if element.isDeleted {
            writer.member("message", string: "Record Deleted Successfully!")
        } else {
            writer.member("error", value: ["Failed to Delete Data."])
        }
        writer.endObject()
        return Reply(status: 200, body: writer.bytes)
    }

    private mutating func delete(
        _ call: CreatorCall, _ place: Int, _ row: CreatorReport.Row, skipsWorkflow: Bool
    ) -> CreatorElement {
        guard !row.isUndeletable else {
            counts.creator.failedDeletions += 1
            return CreatorElement(id: row.id, isDeleted: false)
        }
        guard !row.isBusy else {
            world.reports[call.place].noteBusy(at: place)
            counts.creator.failedDeletions += 1
            return CreatorElement(id: row.id, isDeleted: false, isBusy: true)
        }
        world.reports[call.place].remove(at: place)
        if row.isBystander { counts.creator.bystandersDeleted += 1 }
        if !skipsWorkflow { counts.creator.workflowsStarted += 1 }
        return CreatorElement(id: row.id, isDeleted: true)
    }

    private func order(
        _ request: HTTPRequest, _ report: CreatorReport
    ) throws(CreatorRefusal) -> DeletionOrder {
        // The documented curl sample has no body; criteria is mandatory nevertheless.
        if request.body.isEmpty { throw .missing("criteria") }
        let tree: JSONValue
        do throws(JSONError) {
            tree = try JSONTree.parse(request.body)
        } catch {
            throw .malformedJSON
        }
        guard tree.object != nil else { throw .malformedJSON }
        guard let criteria = tree["criteria"] else { throw .missing("criteria") }
        guard let text = criteria.string else { throw .invalid("criteria is a string") }
        if text.utf8.allSatisfy({ $0 == 0x20 }) { throw .missing("criteria") }
        var order = DeletionOrder(
            criteria: try Self.criteria(text, report), skipsWorkflow: false, wantsTasks: false)
        if let skipped = tree["skip_workflow"] {
            guard let names = skipped.array, names.allSatisfy({ $0.string == "form_workflow" })
            else { throw .invalid("skip_workflow is a list of form_workflow") }
            order.skipsWorkflow = !names.isEmpty
        }
        if let result = tree["result"] {
            guard result.object != nil,
                [result["message"], result["tasks"]].allSatisfy({ $0 == nil || $0?.bool != nil })
            else { throw .invalid("result has message and tasks, each true or false") }
            order.wantsTasks = result["tasks"]?.bool ?? false
        }
        return order
    }

    static func criteria(
        _ text: String, _ report: CreatorReport
    ) throws(CreatorRefusal) -> CreatorCriteria {
        do throws(CreatorCriteria.ParseError) {
            return try CreatorCriteria(parsing: text, for: report)
        } catch {
            throw .invalid("criteria, at character \(error.offset + 1): \(error.reason)")
        }
    }
}
