package import JobModel

/// How fast calls are sent, and how long they may take.
package struct SpeedRows: SettingGroup, Sendable {
    let title = "Speed"

    package let concurrency = Setting(
        "concurrency", .integer(1...1_000), default: 5, option: "--concurrency N",
        commands: .running + [.plan], help: "maximum CRM calls in flight",
        more: """
            Zoho allows 5 to 25, depending on the price plan; whether per application or for the \
            whole organisation is not documented clearly.
            """)
    package let callsPerMinute = Setting(
        "callsPerMinute", .integer(1...1_000_000), option: "--calls-per-minute N",
        commands: .running + [.plan], help: "maximum CRM calls in any 60 seconds",
        more: "null means unlimited.")
    package let timeout = Setting(
        "timeout", .time(.milliseconds(100)...Duration.seconds(3600)), default: .seconds(60),
        option: "--timeout TIME", commands: .running, help: "maximum time for one call",
        more: "Also for one token exchange, but there at most 30s.")
    package let connectTimeout = Setting(
        "connectTimeout", .time(.milliseconds(100)...Duration.seconds(3600)),
        default: .seconds(15), help: "maximum time to connect: name, connection and TLS together")
    package let firstByteTimeout = Setting(
        "firstByteTimeout", .time(.milliseconds(100)...Duration.seconds(3600)),
        help: "maximum time until the first byte of an answer",
        more: "null means no other limit than timeout.")
    package let retries = Setting(
        "retries", .integer(0...100), default: 5, option: "--retries N", commands: .running,
        help: "maximum retries of one call after faults",
        more: """
            Faults are timeouts, resets, 5xx and answers that are not the service's own. While \
            the service gives no clear answer at all, the last retry is not used up; giveUp applies.
            """)
    package let giveUp = Setting(
        "giveUp", .time(.seconds(1)...Duration.seconds(24 * 3600)), default: .seconds(600),
        option: "--give-up TIME", commands: .running,
        help: "stop after this long without a usable answer",
        more: "The exit is 69. Also for the accounts server.")
    package let until = Setting(
        "until", .timeOfDay, option: "--until HH:MM", commands: .running,
        help: "start no call after this time of day minus the timeout",
        more: """
            Local time, or with an offset: "06:00+02:00". The run then pauses (exit 75). If the \
            next such time is more than 12 hours away, nothing is sent.
            """, example: "\"06:00\"")
}
