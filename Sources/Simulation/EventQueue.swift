import Execution
import JobModel
import SandboxAPI
import ZohoAPI

/// What will happen in a world, by time and then by order of scheduling.
struct EventQueue {
    enum Event {
        /// Of the world: these happen whether or not the process lives.
        case arrival(Parcel)
        case replied(Parcel, Reply)
        case exchangeArrival(APIRequest, exchange: Int)
        case exchangeReplied(Reply, exchange: Int)
        /// Of a process.
        case timeout(AttemptID, session: Int)
        case lost(AttemptID, TransportFailure.Kind, session: Int)
        case synchronised(session: Int)
        case timer(version: Int, session: Int)
        case tokenWaited(session: Int)
        case exchangeTimeout(exchange: Int)
        case signal(session: Int)
    }

    /// A request on its way.
    struct Parcel {
        var attempt: AttemptID
        var request: APIRequest
        var token: String
        var session: Int
    }

    private struct Entry {
        var at: Moment
        var order: UInt64
        var event: Event
    }

    private var entries: [Entry] = []
    private var order: UInt64 = 0

    mutating func schedule(_ event: Event, at moment: Moment) {
        order += 1
        entries.append(Entry(at: moment, order: order, event: event))
    }

    /// The next event; a handful wait at any time, so that a search is the quickest.
    mutating func next(until last: Moment? = nil) -> (at: Moment, event: Event)? {
        guard var first = entries.indices.first else { return nil }
        for index in entries.indices.dropFirst() {
            let (entry, best) = (entries[index], entries[first])
            if entry.at < best.at || (entry.at == best.at && entry.order < best.order) {
                first = index
            }
        }
        let entry = entries[first]
        if let last, entry.at > last { return nil }
        entries.swapAt(first, entries.count - 1)
        entries.removeLast()
        return (entry.at, entry.event)
    }
}
