import Domain
import Testing

@Suite("Rules for single values")
struct FieldRulesTests {
    @Test(
        "A partner's name",
        arguments: [
            ("A", nil), (String(repeating: "ä", count: 100), nil), ("Müller & Söhne 株式会社 👍", nil), ("  A  ", nil),
            ("", "must not be empty"), (" \u{a0}", "must not be empty"),
            (String(repeating: "x", count: 101), "must be at most 100 characters long"),
            // One character of a thousand parts.
            ("a" + String(repeating: "\u{301}", count: 1_000), "must be at most 100 characters long"),
            ("a\nb", "must not contain control characters"), ("a\u{2028}b", "must not contain control characters"),
            ("a\u{7f}", "must not contain control characters"), ("a\0", "must not contain control characters"),
        ] as [(String, String?)])
    func partnerName(text: String, fault: String?) {
        #expect(FieldRules.partnerName(text) == fault)
    }

    @Test(
        "A host's name",
        arguments: [
            ("db", nil), ("db.example.com", nil), ("10.0.0.1", nil), ("::1", nil), ("bücher.example", nil),
            (String(repeating: "h", count: 255), nil),
            (String(repeating: "h", count: 256), "must be at most 255 characters long"),
            ("", "must not be empty"), ("a b", "must not contain spaces"), ("db ", "must not contain spaces"),
            ("a\u{3000}b", "must not contain spaces"), ("a\tb", "must not contain control characters"),
            ("a\r\nb", "must not contain control characters"),
        ] as [(String, String?)])
    func hostName(text: String, fault: String?) {
        #expect(FieldRules.hostName(text) == fault)
    }

    @Test("A reason may have lines, and 500 characters")
    func reason() {
        #expect(FieldRules.reason("") == nil)
        #expect(FieldRules.reason("two\nlines" + String(repeating: "x", count: 491)) == nil)
        #expect(FieldRules.reason(String(repeating: "x", count: 501)) == "must be at most 500 characters long")
    }

    @Test(
        "A user's name",
        arguments: [
            ("admin", true), ("jane.doe+x@example-1.com", true), ("zoë", true),
            (String(repeating: "u", count: 100), true),
            ("", false), ("a b", false), ("a/b", false), ("a\n", false), (String(repeating: "u", count: 101), false),
        ])
    func username(text: String, isGood: Bool) {
        #expect((FieldRules.username(text) == nil) == isGood)
    }

    @Test(
        "An e-mail address",
        arguments: [
            ("a@b", true), ("jane.doe@example.com", true),
            ("", false), ("a", false), ("@b", false), ("a@", false), ("a@b@c", false), ("a b@c", false),
            ("a@b\n", false),
        ])
    func email(text: String, isGood: Bool) {
        #expect((FieldRules.email(text) == nil) == isGood)
    }

    @Test(
        "A fingerprint is what ssh-keygen prints",
        arguments: [
            (.fingerprint, true), ("ssh-ed25519 " + .fingerprint, true), ("ecdsa-sha2-nistp256 " + .fingerprint, true),
            ("", false), ("SHA256:", false), (.fingerprint + "=", false),
            (String(String.fingerprint.dropLast()), false),
            ("MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", false), ("256 " + .fingerprint + " x", false),
            ("ssh-rsa,ssh-ed25519 " + .fingerprint, false), ("ssh\nrsa " + .fingerprint, false),
            ("sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", false),
        ] as [(String, Bool)])
    func fingerprint(text: String, isGood: Bool) {
        #expect((FieldRules.hostKeyFingerprint(text) == nil) == isGood)
    }

    @Test(
        "A time zone is named as IANA does",
        arguments: [
            ("UTC", true), ("America/New_York", true), ("America/Argentina/Buenos_Aires", true), ("Asia/Kolkata", true),
            ("Asia/Calcutta", true), ("Europe/Kyiv", true), ("Etc/GMT+5", true),
            ("", false), ("EST", false), ("EST5", false), ("EST5EDT", false), ("PST", false), ("IST", false),
            ("UTC+3", false), ("GMT+0530", false), ("Z", false), ("Asia/Nowhere", false), ("America", false),
            ("america/new_york", false), ("America/New_York ", false), ("../../etc/passwd", false), ("/", false),
            ("right/UTC", false), ("posix/Europe/Paris", false), ("/usr/share/zoneinfo/Europe/Paris", false),
        ])
    func timeZone(name: String, isGood: Bool) {
        #expect((FieldRules.timeZone(name) == nil) == isGood)
    }

    @Test(
        "A password",
        arguments: [
            ("correct horse", nil), ("8 chars!", nil), (String(repeating: "ü7", count: 64), nil),
            ("7 chars", "must be 8 to 128 characters long"), ("", "must be 8 to 128 characters long"),
            (String(repeating: "x", count: 129), "must be 8 to 128 characters long"),
            ("a" + String(repeating: "\u{301}", count: 1_000), "must be 8 to 128 characters long"),
            ("old password", "must not be the old password"),
            ("Jane.Doe@Example", "must not be the user name"),
            ("password", "is one of the most used passwords"), ("PassWord1", "is one of the most used passwords"),
            ("1q2w3e4r", "is one of the most used passwords"), ("changeme123", "is one of the most used passwords"),
        ] as [(String, String?)])
    func password(text: String, fault: String?) {
        let found = PasswordRules.fault(
            of: Secret(text), username: "jane.doe@example", replacing: Secret("old password"))
        #expect(found == fault)
    }
}
