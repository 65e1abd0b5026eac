import Dispatch
package import ZohoAPI

/// One request on a connection of its own, outside of any run: token exchanges, and the questions
/// of `auth check`.
package enum SingleRequest {
    /// Never blocks; exactly one completion, on a queue of its own.
    ///
    /// - Parameter authorization: Value of the `Authorization` field; never shown anywhere.
    package static func send(
        _ request: APIRequest, authorization: String?, settings: TransportSettings,
        completion: @escaping @Sendable (Result<HTTPAnswer, TransportFailure>) -> Void
    ) {
        let queue = DispatchQueue(label: "relsweep.one-request")
        queue.async {
            let transport: Confined<CurlTransport>
            do {
                transport = Confined(
                    try CurlTransport(settings: settings, queue: queue), queue: queue)
            } catch {
                let failure = TransportFailure(.notSent, "libcurl can't be set up")
                return completion(.failure(failure))
            }
            transport.withValue { curl in
                curl.send(request, authorization: authorization) { result in
                    completion(result)
                    // Not inside the completion, because libcurl is still active on the stack.
                    transport.async { $0.close() }
                }
            }
        }
    }
}
