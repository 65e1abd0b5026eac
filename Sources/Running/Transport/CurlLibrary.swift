import CCurl

/// The loaded libcurl: initialised once a process, and what this one can do.
enum CurlLibrary {
    /// Its version, `7.88.1`; nil if it could not be initialised.
    static let version: String? = {
        guard curl_global_init(RELSWEEP_CURL_GLOBAL_DEFAULT) == 0,
            let version = curl_version_info(0), let text = version.pointee.version
        else { return nil }
        return String(cString: text)
    }()

    /// Whether it says when a request is about to leave (7.80): without that, connections are never
    /// used twice, since a second sending of one attempt could not be noticed.
    static let announcesSending: Bool = {
        guard version != nil, let version = curl_version_info(0) else { return false }
        return version.pointee.version_number
            >= UInt32(RELSWEEP_CURL_VERSION_OF_PREREQUEST)
    }()
}
