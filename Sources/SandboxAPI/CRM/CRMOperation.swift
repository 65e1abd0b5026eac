/// What a call of the CRM asks for, as far as rights and scopes tell it apart.
enum CRMOperation: Equatable {
    case delink, update, deleteAttachment, deleteRecord, read

    /// Nil for a method that the URL does not take.
    init?(_ method: HTTPRequest.Method, _ target: CRMTarget) {
        switch method {
        case .delete where target.namesAttachments: self = .deleteAttachment
        case .delete where target.listName != nil: self = .delink
        case .delete: self = .deleteRecord
        case .put where target.hasParent && target.listName != nil: self = .update
        case .get where target.hasParent, .head where target.hasParent: self = .read
        default: return nil
        }
    }
}

extension CRMTarget {
    /// `…/{id}/Attachments` and what is below it. Both spellings, as other one-to-many lists.
    var namesAttachments: Bool { listName == "Attachments" || listName == "attachments" }
}
