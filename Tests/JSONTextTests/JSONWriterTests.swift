import JSONText
import Testing

@Suite struct JSONWriterTests {
    @Test func `commas and colons are added automatically`() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("a", string: "x\"\\\n\u{1}é")
        writer.member("b", integer: UInt64.max)
        writer.key("c")
        writer.beginArray()
        writer.integer(Int64.min)
        writer.null()
        writer.bool(true)
        writer.beginObject()
        writer.endObject()
        writer.endArray()
        writer.member("d", bool: false)
        writer.member("e", value: [1, [:], "2"])
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"a":"x\"\\\n\u0001é","b":18446744073709551615,"#
                + #""c":[-9223372036854775808,null,true,{}],"d":false,"e":[1,{},"2"]}"#)
    }

    @Test func `every character comes back as it went`() throws {
        var scalars = String.UnicodeScalarView()
        for value in UInt32(0)...0x2FFF {
            if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
        }
        scalars.append("\u{10FFFF}")
        let text = String(scalars)
        let read = try JSONTree.parse(Array(JSONWriter.text(of: .string(text)).utf8))
        #expect(read.string.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test func `integers keep every digit`() {
        var writer = JSONWriter()
        writer.beginArray()
        writer.integers([0, 9, 10, 4_294_967_295])
        writer.integers([])
        writer.quotedIntegers([4_876_876_000_001_234_567, UInt64.max])
        writer.integer(Int.min)
        writer.integer(-1)
        writer.integer(1_000_000)
        writer.endArray()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"[[0,9,10,4294967295],[],["4876876000001234567","18446744073709551615"],"#
                + "-9223372036854775808,-1,1000000]")
    }

    @Test func `a writer appends to the bytes that are there`() {
        var writer = JSONWriter(appendingTo: Array("x".utf8))
        writer.integer(0)
        #expect(writer.bytes == Array("x0".utf8))
    }
}
