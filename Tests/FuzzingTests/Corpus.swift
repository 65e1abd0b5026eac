import Foundation
import FuzzHarnesses

/// The seed corpus and the dictionary of a harness.
struct Corpus {
    struct File {
        var name: String
        var bytes: [UInt8]
    }

    var files: [File] = []
    var words: [[UInt8]] = []

    init(_ harness: Harness) throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.appending(path: "Fixtures/Corpus/\(harness.rawValue)")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let data = try Data(contentsOf: folder.appending(path: name))
            files.append(File(name: name, bytes: Array(data)))
        }
        let dictionary = tests.appending(path: "Fuzzing/Dictionaries/\(harness.rawValue).dict")
        let text = try String(contentsOf: dictionary, encoding: .utf8)
        words = text.split(separator: "\n").map { Self.word(Array($0.utf8)) }
    }

    /// libFuzzer's form: quotes around, `\"`, `\\` and `\xAB` within.
    private static func word(_ line: [UInt8]) -> [UInt8] {
        var word: [UInt8] = []
        var rest = line.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                word.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "x") {
                let digits = String(decoding: rest.dropFirst().prefix(2), as: UTF8.self)
                word.append(UInt8(digits, radix: 16) ?? 0)
                rest = rest.dropFirst(3)
            } else if let escaped = rest.popFirst() {
                word.append(escaped)
            }
        }
        return word
    }
}

/// Mutates a corpus, reproducibly for a seed.
struct Mutator {
    private let corpus: Corpus
    private var generator: FuzzGenerator

    init(corpus: Corpus, seed: UInt64) {
        self.corpus = corpus
        generator = FuzzGenerator(seed: seed)
    }

    mutating func next() -> [UInt8] {
        var bytes = file()
        for _ in 0..<Int.random(in: 1...6, using: &generator) { mutate(&bytes) }
        return Array(bytes.prefix(4_096))
    }

    private mutating func file() -> [UInt8] {
        corpus.files.randomElement(using: &generator)?.bytes ?? []
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        let end = min(bytes.count, place + Int.random(in: 0...12, using: &generator))
        let isWithin = place < bytes.count
        switch Int.random(in: 0..<8, using: &generator) {
        case 0 where isWithin:
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1 where isWithin: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 5: bytes.removeSubrange(place...)
        case 6:
            // The beginning of this one and the end of another.
            let other = file()
            let cut = Int.random(in: 0...other.count, using: &generator)
            bytes.replaceSubrange(place..., with: other[cut...])
        default:
            let word = corpus.words.randomElement(using: &generator) ?? []
            bytes.replaceSubrange(
                place..<(Bool.random(using: &generator) ? place : end), with: word)
        }
    }
}
