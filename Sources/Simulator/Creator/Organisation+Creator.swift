// Zoho Creator: DELETE and GET of a report's records. Sources: Zoho's page "Creator delete"
// (ServiceFacts), Zoho's pages of status codes and limits; see `CreatorRefusal` for what was
// chosen.
//
// The order in which a call is checked: URL, token, scope, environment, demo user, owner,
// application, report, rights, and then what it asks for.

import JSONText

extension Organisation {
    /// The caller and the report of a call.
    struct CreatorCall {
        var target: CreatorTarget
        var name: CreatorReportName
        /// The index of the report in the world.
        var place: Int
        var user: String
    }

    mutating func performCreator(_ request: HTTPRequest) -> Answer {
        do throws(CreatorRefusal) {
            let call = try creatorCall(request)
            switch (request.method, call.target.recordID) {
            case (.delete, nil): return try deleteByCriteria(call, request)
            case (.delete, let id?): return .whole(try deleteOne(call, id))
            case (.get, nil): return .whole(try readReport(call, request))
            case (.get, let id?): return .whole(try readOne(call, id))
            default: throw .invalidURL
            }
        } catch {
            counts.note(.refused)
            return .whole(error.reply)
        }
    }

    private mutating func creatorCall(
        _ request: HTTPRequest
    ) throws(CreatorRefusal) -> CreatorCall {
        guard let target = CreatorTarget(request) else { throw .invalidURL }
        if tokenRefusal(request) != nil { throw .invalidToken }
        if let refusal = creatorScopeRefusal(isDeletion: request.method == .delete) {
            throw refusal
        }
        let environment = try environment(request)
        let user = try demoUser(request, environment)
        let name = CreatorReportName(
            environment, owner: target.owner, application: target.application,
            report: target.report)
        let place: Int
        switch world.search(name) {
        case .noOwner: throw .noOwner(target.owner)
        case .noApplication: throw .noApplication(target.application)
        case .noReport: throw .noReport(target.report)
        case .found(let found): place = found
        }
        if let refusal = creatorRightRefusal(target, isDeletion: request.method == .delete) {
            throw refusal
        }
        return CreatorCall(target: target, name: name, place: place, user: user)
    }

    private func environment(
        _ request: HTTPRequest
    ) throws(CreatorRefusal) -> SimulatedEnvironment {
        guard let value = request.value(named: "environment") else { return .production }
        let text = String(decoding: value, as: UTF8.self)
        guard let environment = SimulatedEnvironment(rawValue: text) else {
            throw .invalid("the environment is development or stage")
        }
        return environment
    }

    /// The name in `demo_user_name`, which requires an environment; empty without one.
    private func demoUser(
        _ request: HTTPRequest, _ environment: SimulatedEnvironment
    ) throws(CreatorRefusal) -> String {
        guard let value = request.value(named: "demo_user_name") else { return "" }
        let name = String(decoding: value, as: UTF8.self)
        let isKnown = settings.creator.demoUsers?.contains(name) ?? name.hasPrefix("demouser_")
        guard isKnown, environment != .production else { throw .noUser }
        return name
    }

    private func creatorRightRefusal(
        _ target: CreatorTarget, isDeletion: Bool
    ) -> CreatorRefusal? {
        for right in settings.creator.refusedRights
        where right.application == target.application
            && (right.report == nil || right.report == target.report)
        {
            switch right.answer {
            case .application: return .noApplicationRight
            case .everything: return .noRight
            case .deletion where isDeletion: return .noDeletionRight
            case .viewing where !isDeletion: return .noViewRight
            case .deletion, .viewing: continue
            }
        }
        return nil
    }

    /// Step 3 for Creator: calls per minute, then calls per day. Refused before execution.
    mutating func creatorLimitRefusal(at now: Int64) -> CreatorRefusal? {
        let limits = settings.creator
        if let maximum = limits.maximumCallsPerMinute {
            let isPassed = creator.accepted.count(at: now) >= maximum
            if isPassed, now >= creatorBlockedUntil {
                creatorBlockedUntil = now + limits.blockNanoseconds
            }
            if isPassed || now < creatorBlockedUntil {
                counts.refusedByLimit += 1
                counts.creator.refusedByMinute += 1
                return .tooManyCalls
            }
        }
        if let maximum = limits.maximumCallsPerDay {
            let day = calendarDay(at: now)
            if day != creatorDay {
                creatorDayCalls = creatorDay == nil ? limits.callsBefore : 0
                creatorDay = day
            }
            guard creatorDayCalls < maximum else {
                counts.refusedByLimit += 1
                counts.creator.refusedByDay += 1
                return .noCallsLeft
            }
            creatorDayCalls += 1
        }
        return nil
    }

    /// The number of the super admin's calendar day.
    private func calendarDay(at now: Int64) -> Int64 {
        let milliseconds = settings.epochMilliseconds + now / 1_000_000
        let local = milliseconds + Int64(settings.creator.zoneOffsetSeconds) * 1_000
        let day: Int64 = 86_400_000
        return local >= 0 ? local / day : (local - day + 1) / day
    }
}
