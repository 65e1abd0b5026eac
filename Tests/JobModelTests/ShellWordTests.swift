import JobModel
import Testing

@Suite struct ShellWordTests {
    @Test(arguments: [
        ("/var/lib/x", "/var/lib/x"), ("a b", "'a b'"), ("", "''"), ("~x", "'~x'"),
        ("it's", #"'it'\''s'"#), ("$(rm -rf .)", "'$(rm -rf .)'"), ("a;b", "'a;b'"),
        ("`id`", "'`id`'"), ("a\nb", "'a\nb'"),
    ])
    func `a suggested command works, whatever the names in it`(
        _ word: String, _ quoted: String
    ) {
        #expect(ShellWord.quoted(word) == quoted)
    }
}
