// swift-tools-version: 6.2
import PackageDescription

// No package dependencies, by rule: the toolchain, glibc and the libcurl that the toolchain needs
// itself. Targets stand in the order in which data flows; a target imports only what stands above
// it (Tests/TidyTests checks that, and that pure targets import nothing but the standard library).

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], linking: [LinkerSetting] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, swiftSettings: settings, linkerSettings: linking)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "relsweep",
    products: [
        .executable(name: "relsweep", targets: ["relsweep"]),
        // For tests alone: preloaded into relsweep, it ends the process at any system call.
        .library(name: "SystemCallShim", type: .dynamic, targets: ["SystemCallShim"]),
    ],
    targets: [
        .systemLibrary(name: "CCurl"),
        library("SystemCalls"),
        library("JSONText"),
        library("Simulator", ["JSONText", "SystemCalls"]),
        library("JobModel"),
        library("ZohoAPI", ["JobModel", "JSONText"]),
        library("ManifestReading", ["JobModel", "JSONText"]),
        library("Planning", ["ManifestReading", "ZohoAPI", "JobModel", "JSONText"]),
        library("Chunking", ["Planning", "ZohoAPI", "JobModel"]),
        library("Journaling", ["JobModel", "JSONText", "SystemCalls"]),
        library("Execution", ["Journaling", "Chunking", "ZohoAPI", "JobModel"]),
        library(
            "Running",
            [
                "CCurl", "Execution", "Journaling", "Chunking", "Planning", "ManifestReading",
                "ZohoAPI",
                "JobModel", "JSONText", "SystemCalls",
            ],
            // By its soname: the toolchain brings libcurl.so.4, but no development package.
            linking: [.linkedLibrary(":libcurl.so.4")]),
        library(
            "Reporting",
            [
                "Running", "Execution", "Journaling", "Planning", "Chunking", "ManifestReading",
                "ZohoAPI",
                "JobModel", "JSONText", "SystemCalls",
            ]),
        library(
            "CommandLineTool",
            [
                "Simulator", "Reporting", "Running", "Execution", "Journaling", "Chunking",
                "Planning",
                "ManifestReading", "ZohoAPI", "JobModel", "JSONText", "SystemCalls",
            ]),
        .executableTarget(
            name: "relsweep", dependencies: ["CommandLineTool"], swiftSettings: settings),
        library(
            "TortureTesting",
            [
                "Simulator", "Running", "Execution", "Journaling", "Chunking", "Planning",
                "ManifestReading", "ZohoAPI", "JobModel", "JSONText", "SystemCalls",
            ]),
        .executableTarget(
            name: "relsweep-torture", dependencies: ["TortureTesting"], swiftSettings: settings),

        tests("SystemCallsTests", ["SystemCalls"]),
        tests("JSONTextTests", ["JSONText"]),
        tests("SimulatorTests", ["Simulator", "JSONText", "SystemCalls"]),
        tests("JobModelTests", ["JobModel"]),
        tests("ZohoAPITests", ["ZohoAPI", "JobModel", "JSONText"]),
        tests("ManifestReadingTests", ["ManifestReading", "JobModel"]),
        tests("PlanningTests", ["Planning", "ManifestReading", "ZohoAPI", "JobModel"]),
        tests("ChunkingTests", ["Chunking", "Planning", "ManifestReading", "ZohoAPI", "JobModel"]),
        tests("JournalingTests", ["Journaling", "JobModel", "JSONText", "SystemCalls"]),
        tests("ExecutionTests", ["Execution", "Journaling", "Chunking", "ZohoAPI", "JobModel"]),
        tests(
            "RunningTests",
            [
                "TestSupport", "Running", "CCurl", "Simulator", "Execution", "Journaling",
                "Chunking", "ZohoAPI", "JobModel", "ManifestReading", "SystemCalls",
            ]),
        tests(
            "ReportingTests",
            [
                "TestSupport", "Reporting", "Running", "Execution", "Journaling", "Chunking",
                "Planning", "ManifestReading", "ZohoAPI", "JobModel", "JSONText", "SystemCalls",
            ]),
        tests(
            "CommandLineToolTests",
            [
                "CommandLineTool", "Running", "Journaling", "ManifestReading", "ZohoAPI",
                "JobModel",
                "JSONText", "SystemCalls",
            ]),
        tests(
            "TortureTestingTests",
            [
                "TortureTesting", "Simulator", "Running", "Execution", "Journaling", "Chunking",
                "Planning", "ManifestReading", "ZohoAPI", "JobModel", "JSONText", "SystemCalls",
            ]),
        tests(
            "EndToEndTests",
            [
                "relsweep", "benchmarks", "SystemCallShim", "TestSupport", "Simulator", "JSONText",
            ]),
        // What more than one suite needs.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .target(name: "SystemCallShim", path: "Tests/SystemCallShim"),
        tests("TidyTests", []),
        .executableTarget(
            name: "benchmarks", dependencies: ["relsweep"], path: "Tests/Benchmarks",
            swiftSettings: settings),
        .target(
            name: "FuzzHarnesses",
            dependencies: [
                "CommandLineTool", "Reporting", "Simulator", "Journaling", "ManifestReading",
                "ZohoAPI", "JobModel", "JSONText",
            ],
            path: "Tests/Fuzzing/Harnesses", swiftSettings: settings),
        tests("FuzzingTests", ["FuzzHarnesses"]),
    ]
)

// Links with -sanitize=fuzzer only, so a plain build must not see it: see Tests/Fuzzing/run.
if Context.environment["FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzHarnesses"], path: "Tests/Fuzzing/Program",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]))
}
