package import Execution
internal import JobModel
internal import Journaling
internal import ZohoAPI

/// What the engine wants a person to know, in words.
package enum NoticeText {
    /// How much it matters; the raw value is the level of syslog.
    package enum Level: Int, Sendable { case error = 3, warning = 4, notice = 5, information = 6 }

    package static func text(_ notice: RunNotice) -> (level: Level, text: String) {
        switch notice {
        case .servicePaused(let service, let seconds, let remark):
            return (
                .notice,
                "\(name(service)) asks for a pause (\(said(remark))): nothing is sent for "
                    + "\(NumberText.counted(seconds, "second"))"
            )
        case .concurrencyLowered(let service, let concurrency):
            return (
                .information,
                "\(name(service)): \(NumberText.counted(concurrency, "call")) in flight at most now"
            )
        case .kindStopped(let kind, let remark, let blocked):
            return (
                .warning,
                "\(kind) is refused (\(said(remark))): "
                    + "\(NumberText.counted(blocked, "item")) will not be sent"
            )
        case .callSplit(let call, let items, let remark):
            return (
                .information,
                "call \(call) of \(NumberText.counted(items, "item")) was refused as a whole "
                    + "(\(said(remark))): its halves are sent by themselves"
            )
        case .callsShortened(let kind, let items, let remark):
            return (
                .warning,
                "\(kind): a request was refused for its length (\(said(remark))): at most "
                    + "\(NumberText.counted(items, "item")) a call from now on"
            )
        case .serviceTroubled(let service, let text):
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

    private static func said(_ remark: Remark) -> String {
        let words = [
            remark.status > 0 ? "HTTP \(remark.status)" : "", remark.code,
        ].filter { !$0.isEmpty }
        return SafeText.sanitised(words.isEmpty ? remark.said : words.joined(separator: " "))
    }
}
