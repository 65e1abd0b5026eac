package import Execution
internal import JobModel
internal import Journaling
internal import ZohoAPI

/// The texts of the engine's notices.
package enum NoticeText {
    /// Severity; the raw value is the syslog level.
    package enum Level: Int, Sendable { case error = 3, warning = 4, notice = 5, information = 6 }

    package static func text(_ notice: RunNotice) -> (level: Level, text: String) {
        switch notice {
        case .servicePaused(let service, let seconds, let message):
            return (
                .notice,
                "\(name(service)) asks for a pause (\(described(message))): nothing is sent for "
                    + "\(NumberText.counted(seconds, "second"))"
            )
        case .concurrencyLowered(let service, let concurrency):
            return (
                .information,
                "\(name(service)): \(NumberText.counted(concurrency, "call")) in flight at most now"
            )
        case .kindStopped(let kind, let message, let blocked):
            return (
                .warning,
                "\(kind) is refused (\(described(message))): "
                    + "\(NumberText.counted(blocked, "item")) will not be sent"
            )
        case .callSplit(let call, let items, let message):
            return (
                .information,
                "call \(call) of \(NumberText.counted(items, "item")) was refused as a whole "
                    + "(\(described(message))): its halves are sent by themselves"
            )
        case .callsShortened(let kind, let items, let message):
            return (
                .warning,
                "\(kind): a request was refused for its length (\(described(message))): at most "
                    + "\(NumberText.counted(items, "item")) a call from now on"
            )
        case .serviceFailing(let service, let text):
            return (.warning, "\(name(service)): \(SafeText.sanitised(text))")
        case .recordDeleted(_, let text): return (.warning, SafeText.sanitised(text))
        case .draining(let reason, let inFlight):
            return (
                .notice,
                "stopping (\(reason.rawValue)): \(NumberText.counted(inFlight, "answer")) "
                    + "in flight awaited"
            )
        }
    }

    private static func name(_ service: Service) -> String {
        switch service {
        case .crm: "Zoho CRM"
        case .creator: "Zoho Creator"
        case .accounts: "the accounts server"
        }
    }

    private static func described(_ message: ServiceMessage) -> String {
        let words = [
            message.status > 0 ? "HTTP \(message.status)" : "", message.code,
        ].filter { !$0.isEmpty }
        return SafeText.sanitised(words.isEmpty ? message.text : words.joined(separator: " "))
    }
}
