// DELETE /crm/{v}/{module}/{id}/Attachments/{attachment id}, and …/Attachments?ids=. Sources:
// "Delete an Attachment" v2 (the bulk form only in its SDK samples), and the v8 OpenAPI answer for
// a missing file.

import JSONText

extension Organisation {
    mutating func deleteAttachments(_ module: ModuleName, _ target: CRMTarget) -> Answer {
        let ids: [UInt64]
        let parentID: UInt64
        do throws(RefusalError) {
            guard Self.carriesAttachments(module) else { throw RefusalError(.unsupportedModule) }
            if !target.hasRelated, !settings.acceptsBulkAttachments {
                throw RefusalError(.invalidURL)
            }
            ids = try namedIDs(target)
            parentID = try existingParent(module, target)
        } catch {
            return refuse(error.refusal)
        }
        counts.note(target.hasRelated ? .deleteAttachment : .deleteAttachments)
        guard let moduleName = module.recordsName else {
            preconditionFailure("module \(module) has no records")
        }
        func name(_ id: UInt64) -> AttachmentStore.Name {
            AttachmentStore.Name(module: moduleName, parent: parentID, id: id)
        }
        if target.hasRelated, !world.holdsAttachment(name(ids[0])) {
            noteMissingAttachment(name(ids[0]))
            return .refused(
                settings.style.answersByElement
                    ? .childNotDeleted : .invalidRelatedID(at: .resourcePathIndex(3)))
        }
        return deleteEach(ids) { organisation, id in
            guard organisation.world.holdsAttachment(name(id)) else {
                organisation.noteMissingAttachment(name(id))
                return false
            }
            organisation.noteAttachmentDeletion(organisation.world.deleteAttachment(name(id)))
            return true
        }
    }

    /// The modules that Zoho's page lists; custom ones are among them.
    private static func carriesAttachments(_ module: ModuleName) -> Bool {
        switch module {
        case .relating: true
        case .plain("Calls"), .plain("Activities"), .plain("Attachments"), .plain("Services__s"),
            .plain("Appointments__s"), .plain("Appointments_Rescheduled_History__s"):
            false
        case .plain: true
        case .unsupported, .unknown: false
        }
    }

    private mutating func noteAttachmentDeletion(_ entry: AttachmentStore.Entry) {
        counts.attachmentsDeleted += 1
        if entry.isBystander {
            counts.bystanderAttachmentsDeleted += 1
        } else if !entry.isSeeded {
            counts.unseededAttachmentsDeleted += 1
        }
    }

    private mutating func noteMissingAttachment(_ name: AttachmentStore.Name) {
        counts.attachmentsAlreadyGone += 1
        world.noteMissingAttachment(name)
    }

    /// GET …/Attachments: the list of attachments, as on the v2 and v8 pages.
    mutating func readAttachments(
        _ module: ModuleName, _ target: CRMTarget, _ parameters: FormText
    ) throws(RefusalError) -> Answer {
        guard let name = module.recordsName else {
            preconditionFailure("module \(module) has no records")
        }
        // Reading one file would be its download.
        if target.hasRelated { throw RefusalError(.invalidURL) }
        let parentID = try existingParent(module, target)
        counts.note(.readRelated)
        let ids = world.attachments.present(at: .init(module: name, id: parentID)).sorted(by: >)
        return try page(of: ids, target, parameters) { id, writer in
            writer.member("id", string: String(id))
            writer.member("File_Name", string: "file-\(id).txt")
            writer.member("Size", string: "12")
            writer.member("$type", string: "Attachment")
            writer.member("$se_module", string: name)
            writer.key("Parent_Id")
            writer.beginObject()
            writer.member("id", string: String(parentID))
            writer.endObject()
        }
    }
}
