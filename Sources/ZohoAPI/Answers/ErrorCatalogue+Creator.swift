extension ErrorCatalogue {
    /// Zoho Creator, API 2.1 and its table of status codes. Codes are numbers there.
    static let creator: [CatalogueEntry] = [
        creator(
            "1000", .item, [401, 404], "the address or a mandatory parameter is not right",
            "check owner, application and report, and the Creator URL in the configuration"),
        creator(
            "1030", .unauthorised, [401], "the access token is wrong or has expired",
            "it is refreshed by itself; if it stays, check the refresh token and the data centre"),
        creator(
            "1038", .item, [400], "the request's JSON is not well formed",
            "report a bug in relsweep"),
        creator(
            "1040", .item, [404], "there is no such account owner",
            "check the owner's name as Creator's own URLs show it"),
        // Used by several Zoho services for a token without the scope.
        creator(
            "INVALID_OAUTHSCOPE", .kindPermanently, [401],
            "the access token lacks the scope for this",
            "make a grant with ZohoCreator.report.DELETE (and .READ for creator.pin); refreshing "
                + "does not help"),
        creator(
            "1130", .kindPermanently, [], "the API is switched off for this user",
            "ask the Creator administrator for API access"),
        creator(
            "2892", .item, [404], "there is no such application",
            "use the application's link name, not its label"),
        creator(
            "2893", .item, [404], "there is no such form",
            "use the form's link name, not its label"),
        creator(
            "2894", .item, [404], "there is no such report",
            "use the report's link name, not its label"),
        creator(
            "2896", .item, [403], "the user may not delete in this report",
            "ask the Creator administrator for the permission"),
        creator(
            "2897", .item, [403], "the user may not change records in this report",
            "ask the Creator administrator for the permission"),
        creator(
            "2898", .item, [403], "the user may not see this report",
            "ask the Creator administrator for the permission"),
        creator(
            "2899", .item, [403], "the user may not add records to this form",
            "ask the Creator administrator for the permission"),
        creator(
            "2933", .item, [403], "the user may not use this application",
            "ask the Creator administrator for the permission"),
        creator(
            "2945", .item, [], "the account's or the application's link name is wrong",
            "use the names in Creator's own URLs"),
        creator(
            "2955", .throttled, [429], "the calls of this minute are used up",
            "relsweep pauses; lower the calls a minute if it happens often"),
        creator(
            "3001", .item, [200], "this record was not deleted",
            "see in Creator which validation or workflow keeps it"),
        creator(
            "3020", .item, [400], "a value in the request is not valid", "check the criteria"),
        creator(
            "3060", .item, [], "a limit on the number of records is reached",
            "see the account's limits"),
        creator(
            "3100", .nothingToDo, [404], "no record matches the criteria", "nothing needs doing"),
        creator(
            "3830", .item, [], "the user may not use this file",
            "ask the Creator administrator for the permission"),
        creator("3910", .item, [], "there is no such item", "check the names in the row"),
        creator("3920", .item, [], "there is no such item", "check the names in the row"),
        creator("3930", .item, [], "there is no such item", "check the names in the row"),
        creator(
            "3950", .item, [200], "more than 200 records in one request",
            "report a bug in relsweep: it asks for rounds"),
        creator(
            "3960", .item, [200], "more than 200 records match, and none was deleted",
            "report a bug in relsweep: it asks for rounds"),
        creator(
            "3970", .item, [200], "more than 200 records in one request",
            "report a bug in relsweep: it asks for rounds"),
        creator(
            "4000", .outOfCalls, [200], "the account's API calls of the day are used up",
            "start again after midnight in the super admin's time zone"),
        creator(
            "8011", .item, [400], "a field's value has not the form that the field wants",
            "check the criteria"),
        creator(
            "8012", .item, [400], "a field's value has not the form that the field wants",
            "check the criteria"),
    ]
}
