/// How the simulated Creator behaves.
package struct CreatorSettings: Sendable {
    /// Calls in any 60 seconds; one more is answered 429, code 2955. The documented 50 are for one
    /// endpoint and one address; here they are for all calls together. Nil for no limit.
    package var maximumCallsPerMinute: Int? = 50
    /// How long every call is refused once that limit was passed, in nanoseconds; 0 for as long as
    /// the minute's calls are too many. Not documented; clients report a minute to a quarter of an
    /// hour.
    package var blockNanoseconds: Int64 = 0
    /// Calls in a calendar day; one more is answered with code 4000, HTTP 200. Nil for no limit.
    package var maximumCallsPerDay: Int?
    /// Calls already made by others on the first day.
    package var callsBefore = 0
    /// Seconds by which the super admin's clock, whose midnight starts the day, is east of UTC.
    package var zoneOffsetSeconds = 0
    /// Names that `demo_user_name` may have; nil for any that starts with `demouser_`.
    package var demoUsers: [String]?
    /// Refusals for missing permissions.
    package var refusedRights: [RefusedRight] = []

    /// The defaults.
    package init() {}

    /// A missing permission of the simulated user.
    package struct RefusedRight: Equatable, Sendable {
        /// The answer for a missing permission.
        package enum Answer: String, CaseIterable, Sendable {
            /// 2933, HTTP 403: the application.
            case application
            /// 2896, HTTP 403: deleting records.
            case deletion
            /// 2898, HTTP 403: viewing records.
            case viewing
            /// 1130, HTTP 403: the API as such.
            case everything
        }

        /// The application's link name.
        package var application: String
        /// The report's link name; nil for all.
        package var report: String?
        /// The answer.
        package var answer: Answer

        /// A right on an application's reports, or on one.
        package init(application: String, report: String? = nil, answer: Answer) {
            self.application = application
            self.report = report
            self.answer = answer
        }
    }
}
