import FuzzHarnesses
import Glibc

// The door through which libFuzzer comes in. `FUZZ_TARGET` names the harness; Tests/Fuzzing/run
// sets it, and says how all of this is used.

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

/// One input. A trap is seen by libFuzzer itself; a broken promise becomes one here.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(BrokenInvariant) {
        try harness.check(bytes)
    } catch {
        print("\(harness.rawValue): broken promise: \(error.promise)")
        fflush(nil)
        abort()
    }
    return 0
}
