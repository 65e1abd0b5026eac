import JobModel

extension ServiceURL {
    /// The target of a page of `discover-deleted`.
    ///
    ///     /crm/v8/Leads/deleted/2423488000000552938/Campaigns?fields=Owner&page=1&per_page=200
    ///
    /// A `GET` can do no harm; it is checked all the same.
    package static func target(of content: PageContent, profile: ServiceProfile = .init()) -> String
    {
        let parent = content.parent
        precondition(parent.id != 0, "broken belief: 0 is no record id")
        precondition(content.page >= 1, "broken belief: pages count from 1")
        precondition(
            ServiceProfile.isUsableVersion(profile.deletedRecordsVersion),
            "broken belief: settings admit only versions like v2 or v2.1")
        precondition(
            DeletedPageRequest.fault(inFields: parent.fields) == nil,
            "broken belief: planning checked the fields")
        return "/crm/\(profile.deletedRecordsVersion)/\(parent.module.text)/deleted/\(parent.id)/"
            + "\(parent.relatedList.text)?fields=\(parent.fields)&page=\(content.page)"
            + "&per_page=\(DeletedParent.recordsPerPage)"
    }
}
