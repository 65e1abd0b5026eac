package import Foundation

/// A directory of one test's own, gone with the value.
package final class TemporaryDirectory: Sendable {
    /// Without links in it: what a program says of its files is compared with it.
    package let url: URL

    package var path: String { url.path }

    package init() throws {
        let place = FileManager.default.temporaryDirectory
            .appending(path: "relsweep-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        guard let real = realpath(place.path, nil) else { throw POSIXError(.ENOENT) }
        defer { free(real) }
        url = URL(filePath: String(cString: real))
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file in it; its path.
    package func write(_ text: String, to name: String) throws -> String {
        let file = url.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}
