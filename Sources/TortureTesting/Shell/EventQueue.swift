import Execution
import JobModel
import Simulator
import ZohoAPI

/// The pending events of a world, by time; simultaneous events are ordered by the seed.
struct EventQueue {
    enum Event {
        /// World events, independent of the process.
        case arrival(Parcel)
        case replied(Parcel, Reply)
        case exchangeArrival(APIRequest, exchange: Int)
        case exchangeReplied(Reply, exchange: Int)
        case exchangeTimeout(exchange: Int)
        /// Another process of the account wants a token.
        case othersWantToken
        /// Of a process.
        case process(ProcessEvent, number: Int)
    }

    /// Events of a process outside its control queue.
    enum ProcessEvent {
        /// The transport has the result of an attempt.
        case connectionEnded(AttemptID, Result<HTTPAnswer, TransportFailure>)
        /// The writer starts its next batch.
        case writerRuns
        /// `fdatasync` returns.
        case synchronised
        case timer(version: Int)
        case bodyMade(AttemptID, APIRequest, generation: Int, cancellations: Int, isReadable: Bool)
        case tokenWaited
        /// The access token is renewed before its end.
        case renewalDue
        case signal
        /// A second signal terminates the process.
        case secondSignal
        /// The machine is suspended for this long.
        case sleeps(Duration)
    }

    /// A request on its way.
    struct Parcel {
        var sending: Sending
        var id: AttemptID
        var request: APIRequest
        var token: String
        var process: Int
    }

    private struct Entry {
        var at: Moment
        var tie: UInt64
        var event: Event
    }

    private var entries: [Entry] = []
    private var random: SimulationGenerator

    init(seed: UInt64) { random = SimulationGenerator(seed: seed) }

    mutating func schedule(_ event: Event, at moment: Moment) {
        entries.append(Entry(at: moment, tie: random.next(), event: event))
    }

    /// When the next event happens.
    var nextMoment: Moment? { first.map { entries[$0].at } }

    /// Index of the next event; linear search, since few are pending.
    private var first: Int? {
        entries.indices.min { left, right in
            (entries[left].at, entries[left].tie) < (entries[right].at, entries[right].tie)
        }
    }

    mutating func next(until last: Moment? = nil) -> (at: Moment, event: Event)? {
        guard let first else { return nil }
        let entry = entries[first]
        if let last, entry.at > last { return nil }
        entries.swapAt(first, entries.count - 1)
        entries.removeLast()
        return (entry.at, entry.event)
    }
}
