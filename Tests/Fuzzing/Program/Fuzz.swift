import FuzzHarnesses
import Glibc

// The libFuzzer entry point. `FUZZ_TARGET` selects the harness; for usage see Tests/Fuzzing/run.

private let harness: Harness = {
    guard let name = getenv("FUZZ_TARGET").map({ String(cString: $0) }),
        let harness = Harness(rawValue: name)
    else {
        let names = Harness.allCases.map(\.rawValue).joined(separator: " ")
        print("FUZZ_TARGET must be one of: \(names)")
        exit(64)
    }
    return harness
}()

/// Runs one input. libFuzzer detects traps; a violated invariant is turned into one.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(BrokenInvariant) {
        try harness.check(bytes)
    } catch {
        print("\(harness.rawValue): violated invariant: \(error.text)")
        fflush(nil)
        abort()
    }
    return 0
}
