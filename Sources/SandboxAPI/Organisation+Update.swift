extension Organisation {
    /// `PUT /crm/v2/{module}/{id}/{list}`: not simulated yet.
    mutating func updateRelations(
        _ pair: RelationPair, _ parent: CRMModule, _ target: CRMTarget, _ request: HTTPRequest
    ) -> Answer {
        .refused(.invalidMethod)
    }
}
