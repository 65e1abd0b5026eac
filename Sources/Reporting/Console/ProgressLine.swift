package import Execution
package import JobModel

/// The rate of completed items over the last seconds.
package struct ProgressRate: Sendable {
    /// Length of the window.
    package static let window = Duration.seconds(20)

    private var samples: [(at: Moment, final: Int)] = []

    package init() {}

    /// Records the current number of final items.
    package mutating func note(_ final: Int, at now: Moment) {
        samples.append((now, final))
        while samples.count > 2, now - samples[1].at >= ProgressRate.window {
            samples.removeFirst()
        }
    }

    /// Items per second; nil while unknown.
    package var itemsPerSecond: Double? {
        guard let first = samples.first, let last = samples.last, last.final > first.final else {
            return nil
        }
        let seconds = Double((last.at - first.at).nanoseconds) / 1e9
        return seconds > 0 ? Double(last.final - first.final) / seconds : nil
    }
}

/// The progress line. Pure: equal numbers give equal lines.
package struct ProgressLine: Sendable {
    package var progress: RunProgress
    package var itemsPerSecond: Double?
    /// Reason of the current pause: `429, 12 s left`.
    package var pause: String?

    package init(_ progress: RunProgress, itemsPerSecond: Double? = nil, pause: String? = nil) {
        self.progress = progress
        self.itemsPerSecond = itemsPerSecond
        self.pause = pause
    }

    /// Parts of the line, most important first.
    private var parts: [String] {
        let final = progress.counts.final
        let percent = progress.itemCount > 0 ? 100 * final / progress.itemCount : 100
        var parts = [
            "\(percent)%",
            "\(NumberText.grouped(final)) of \(NumberText.counted(progress.itemCount, "item"))",
        ]
        if let pause { parts.append("paused: \(pause)") }
        let failed = progress.counts[.failed] + progress.counts[.unknown]
        if failed > 0 { parts.append("\(NumberText.grouped(failed)) failed") }
        if progress.counts[.blocked] > 0 {
            parts.append("\(NumberText.grouped(progress.counts[.blocked])) blocked")
        }
        if let rate = itemsPerSecond, rate > 0, pause == nil {
            let left = Double(progress.itemCount - final) / rate
            if left.isFinite, left >= 1, left < 1e7 {
                parts.append("\(NumberText.time(.seconds(left))) left")
            }
            parts.append("\(rate < 10 ? NumberText.tenths(rate) : "\(Int(rate.rounded()))")/s")
        }
        parts.append("\(progress.inFlight) in flight")
        return parts
    }

    /// As much as fits `width` columns; all of it when nil.
    package func text(width: Int? = nil) -> String {
        var line = ""
        for part in parts {
            let longer = line.isEmpty ? part : line + ", " + part
            if let width, longer.count > width { break }
            line = longer
        }
        return line
    }
}

extension NumberText {
    /// `3.4`
    static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
