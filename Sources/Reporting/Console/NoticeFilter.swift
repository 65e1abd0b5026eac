package import Execution
package import JobModel
internal import Journaling

/// Rate-limits repeated notices to one per minute and counts them.
package struct NoticeFilter: Sendable {
    /// Minimum interval between notices of the same kind.
    package static let interval = Duration.seconds(60)

    private enum Category: Int, CaseIterable { case paused, lowered, troubled, deleted }

    private var lastShown: [Moment?] = Array(repeating: nil, count: Category.allCases.count)
    /// Refused calls that were split.
    package private(set) var splitCount = 0
    /// Pauses requested by a service.
    package private(set) var pauseCount = 0

    package init() {}

    /// Whether to show the notice.
    package mutating func shows(_ notice: RunNotice, at now: Moment) -> Bool {
        switch notice {
        case .callSplit:
            splitCount += 1
            return false
        case .servicePaused:
            pauseCount += 1
            return isDue(.paused, now)
        case .concurrencyLowered: return isDue(.lowered, now)
        case .serviceFailing: return isDue(.troubled, now)
        case .recordDeleted: return isDue(.deleted, now)
        // Already reported by the signal handler.
        case .draining(.signal, _): return false
        case .draining, .kindStopped, .callsShortened: return true
        }
    }

    /// The totals, for the end; nil if none.
    package var text: String? {
        var parts: [String] = []
        if splitCount > 0 {
            parts.append(
                "\(NumberText.counted(splitCount, "call")) refused as a whole and split in halves")
        }
        if pauseCount > 1 { parts.append("\(NumberText.counted(pauseCount, "pause")) asked for") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private mutating func isDue(_ sort: Category, _ now: Moment) -> Bool {
        if let last = lastShown[sort.rawValue], now - last < NoticeFilter.interval { return false }
        lastShown[sort.rawValue] = now
        return true
    }
}
