/// What a password of the console must satisfy.
package enum PasswordRules {
    package static let lengths = 8...128

    /// What is wrong with a new password, as the end of a sentence that starts with the field; `nil`: nothing.
    package static func fault(of password: Secret, username: String, replacing old: Secret? = nil) -> String? {
        let text = password.clearText
        if !lengths.contains(text.count) {
            return "must be \(lengths.lowerBound) to \(lengths.upperBound) characters long"
        }
        if password == old { return "must not be the old password" }
        if text.lowercased() == username.lowercased() { return "must not be the user name" }
        return worst.contains(text.lowercased()) ? "is one of the most used passwords" : nil
    }

    /// The well-known worst passwords of eight and more characters, in lower case.
    private static let worst: Set<String> = [
        "12345678", "123456789", "1234567890", "12345678910", "0123456789", "0987654321", "987654321", "87654321",
        "11111111", "00000000", "22222222", "33333333", "55555555", "66666666", "77777777", "88888888", "99999999",
        "111111111", "1111111111", "0000000000", "11223344", "1122334455", "12341234", "123123123", "123321123",
        "12344321", "123454321", "147258369", "159357159", "789456123", "741852963", "963852741", "123qweasd",
        "password", "password1", "password12", "password123", "password1234", "password!", "password1!", "passw0rd",
        "p@ssw0rd", "p@ssword", "p@ssword1", "pa$$word", "passwort", "passwords", "mypassword", "newpassword",
        "changeme", "changeme1", "changeme123", "letmein1", "letmein123", "welcome1", "welcome123", "welcome1!",
        "administrator", "admin123", "admin1234", "admin12345", "adminadmin", "admin@123", "rootroot", "root1234",
        "qwertyui", "qwertyuiop", "qwerty12", "qwerty123", "qwerty1234", "qwerty12345", "qwertyqwerty", "1qaz2wsx",
        "1q2w3e4r", "1q2w3e4r5t", "q1w2e3r4", "q1w2e3r4t5", "qazwsxedc", "zaq12wsx", "zxcvbnm1", "zxcvbnm123",
        "asdfghjk", "asdfghjkl", "asdf1234", "asdfasdf", "abcd1234", "abcdefgh", "abcdefg1", "abc12345", "abc123456",
        "a1b2c3d4", "aa123456", "aaaaaaaa", "iloveyou", "iloveyou1", "iloveyou2", "sunshine", "sunshine1", "princess",
        "princess1", "football", "football1", "baseball", "baseball1", "superman", "superman1", "batman123",
        "spiderman", "starwars", "pokemon1", "trustno1", "whatever", "computer", "internet", "samsung1", "michelle",
        "jennifer", "jordan23", "charlie1", "michael1", "jessica1", "liverpool", "liverpool1", "chelsea1", "arsenal1",
        "mustang1", "corvette", "mercedes", "ferrari1", "midnight", "butterfly", "chocolate", "cheese123", "dragon123",
        "monkey123", "master123", "shadow123", "summer2023", "summer2024", "summer2025", "summer2026", "winter2023",
        "winter2024", "winter2025", "winter2026", "spring2024", "spring2025", "spring2026", "autumn2025", "test1234",
        "testtest", "test12345", "testing1", "testing123", "guest123", "default1", "secret123", "security",
        "qwer1234", "google123", "facebook", "facebook1", "linkedin", "jobtalk1", "jobtalk123", "temp1234", "hello123",
        "helloworld", "blink182", "maverick", "victoria", "startrek", "elephant", "diamond1", "blahblah", "babygirl",
        "babygirl1", "lovelove", "loveyou1", "freedom1", "ashley12", "nicole12", "hunter12", "1234qwer", "12qwaszx",
    ]
}
