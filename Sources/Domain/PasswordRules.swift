/// What a password of the console must satisfy.
package enum PasswordRules {
    /// In Unicode scalars, so that the longest is bounded in bytes too.
    package static let lengths = 8...128

    /// What is wrong with a new password, as the end of a sentence that starts with the field; `nil`: nothing.
    package static func fault(of password: Secret, username: String, replacing old: Secret? = nil) -> String? {
        let text = password.clearText
        if !lengths.contains(text.unicodeScalars.count) {
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
        "mustang1", "corvette", "mercedes", "ferrari1", "midnight", "butterfly", "chocolate", "cheese123",
        "dragon123", "monkey123", "master123", "shadow123", "summer2023", "summer2024", "summer2025", "summer2026",
        "winter2023", "winter2024", "winter2025", "winter2026", "spring2024", "spring2025", "spring2026",
        "autumn2025", "test1234", "testtest", "test12345", "testing1", "testing123", "guest123", "default1",
        "secret123", "security", "qwer1234", "google123", "facebook", "facebook1", "linkedin", "jobtalk1",
        "jobtalk123", "temp1234", "hello123", "helloworld", "blink182", "maverick", "victoria", "startrek",
        "elephant", "diamond1", "blahblah", "babygirl", "babygirl1", "lovelove", "loveyou1", "freedom1", "ashley12",
        "nicole12", "hunter12", "1234qwer", "12qwaszx", "99887766", "98765432", "12345679", "123456780", "123456788",
        "1234567891", "12345678a", "12345678q", "1234567a", "123456aa", "123456abc", "123456789a", "123456789q",
        "a123456789", "a12345678", "q123456789", "qq123456", "ab123456", "asd123456", "asd12345", "qwe12345",
        "qweasdzxc", "qwe123qwe", "qweqweqwe", "123qwe123", "1q2w3e4r5t6y", "1qazxsw2", "1qaz2wsx3edc", "zaq1xsw2",
        "!qaz2wsx", "1qaz!qaz", "zaq1zaq1", "qazqazqaz", "zxcvbnm,", "zxcvzxcv", "asdasdasd", "asdfqwer",
        "asdfghjkl1", "qwertzui", "qwertzuiop", "azertyui", "azertyuiop", "10203040", "102030405060", "13579246",
        "135792468", "24681012", "20202020", "10101010", "01234567", "012345678", "012345678910", "11112222",
        "12121212", "121212121", "123654789", "147852369", "1478963250", "159753456", "159951159", "321321321",
        "369258147", "44444444", "55667788", "66668888", "741741741", "789789789", "852456852", "87654321a",
        "88888888a", "951753852", "999999999", "555555555", "666666666", "777777777", "888888888", "222222222",
        "333333333", "444444444", "99999999a", "0123456789a", "19841984", "19851985", "19861986", "19871987",
        "19901990", "20002000", "abcdabcd", "abcabcabc", "abc123abc", "abcd12345", "abcde12345", "abcdef123",
        "abcdefg123", "abcdefgh1", "aabbccdd", "aaaa1111", "aaaaaaaaa", "aaaaaaaaaa", "alexander", "alexandra",
        "anthony1", "asshole1", "austin123", "backdoor", "barcelona", "basketball", "beautiful", "benjamin",
        "bigdaddy", "blackberry", "bismillah", "brooklyn", "business", "california", "carolina", "caroline",
        "changethis", "charlotte", "chicago1", "christian", "christina", "christine", "christopher", "cocacola",
        "cocacola1", "computer1", "consumer", "cookie123", "courtney", "creative", "crystal1", "danielle",
        "daniel123", "deadpool", "december", "default123", "dennis123", "dolphins", "dragonball", "dragon12",
        "einstein", "elizabeth", "emmanuel", "enterprise", "enter123", "fatima123", "fernando", "flower123",
        "football12", "forever1", "forever21", "freedom123", "friends1", "fuckyou1", "fuckyou2", "fuckyou123",
        "gabriela", "gangster", "garfield", "giovanni", "godbless", "goldfish", "goodluck", "google12", "gateway1",
        "green123", "hannah123", "happy123", "harrypotter", "heather1", "hello1234", "hallo123", "hejsan123",
        "homepage", "hottie123", "hunter123", "iceman12", "ihateyou", "iloveu123", "iloveyou123", "inuyasha",
        "isabella", "januar2024", "january1", "jasmine1", "jonathan", "jordan123", "joshua123", "juventus",
        "k1234567", "killer123", "kimberly", "kristina", "lakers24", "leonardo", "letmein!", "letmein12",
        "letmeinnow", "liverpoolfc", "loveme123", "lovelife", "madison1", "manchester", "manunited", "margarita",
        "marlboro", "marseille", "matthew1", "melissa1", "metallic", "metallica", "michelle1", "microsoft",
        "minecraft", "monkey12", "motorola", "mohammed", "muhammad", "myspace1", "naruto123", "nathaniel", "newyork1",
        "newyork123", "nintendo", "november", "october1", "october2024", "olivia123", "p4ssw0rd", "p455w0rd",
        "pa55word", "pa55w0rd", "passpass", "passw0rd!", "passw0rd1", "password0", "password00", "password01",
        "password10", "password11", "password2", "password21", "password22", "password23", "password3", "password69",
        "password7", "password99", "password2020", "password2021", "password2022", "password2023", "password2024",
        "password2025", "password2026", "password@1", "password@123", "passwort1", "passwort123", "motdepasse",
        "contrasena", "contraseña", "senha123", "parola123", "haslo123", "wachtwoord", "salasana", "pakistan",
        "panasonic", "panther1", "parliament", "patricia", "peaches1", "penelope", "peterpan", "phoenix1",
        "pineapple", "playboy1", "playstation", "precious", "princesa", "princess12", "private1", "public123",
        "purple123", "qwaszx12", "qwerty!@#", "qwerty123456", "qwerty321", "qwertyui1", "qwertyuiop1", "raiders1",
        "rainbow1", "rangers1", "rasengan", "rebecca1", "redskins", "remember", "richmond", "robert123", "rockstar",
        "ronaldo7", "root12345", "sabrina1", "salvador", "samantha", "samantha1", "sandra123", "santiago", "scarface",
        "scorpion", "sebastian", "september", "september1", "shadow12", "shithead", "slipknot", "snickers",
        "snowball", "soccer123", "softball", "stephanie", "stephen1", "steelers", "strawberry", "success1",
        "summer12", "summer123", "summer2020", "summer2021", "summer2022", "sunflower", "superadmin", "superman123",
        "superstar", "support1", "support123", "supervisor", "sweetheart", "swordfish", "sysadmin", "temporary",
        "tequiero", "test123456", "testpass", "testuser", "thailand", "thankyou", "thebest1", "theman123",
        "thomas123", "tiffany1", "tinkerbell", "tottenham", "toyota123", "trinity1", "trustnoone", "unknown1",
        "user1234", "username", "valentina", "valentine", "vanessa1", "veronica", "victory1", "volleyball",
        "voyager1", "warcraft", "warriors", "waterloo", "welcome12", "welcome2", "welcome2024", "welcome2025",
        "welcome2026", "welcome@123", "westside", "whatever1", "william1", "wordpass", "winter12", "winter123",
        "winter2020", "winter2021", "winter2022", "wolfgang", "xxxxxxxx", "yankees1", "yourmom1", "yuantuo2012",
        "woaini1314", "5201314520", "1314520520", "zxcvbnm12", "zxcvbnm1234", "zzzzzzzz", "administrator1",
        "admin1234567", "admin@1234", "p@ssw0rd1", "p@ssw0rd123", "p@$$w0rd", "pa$$w0rd", "changeit", "changeme!",
        "changeme1234", "letmein2", "access14", "access123", "login123", "manager1", "manager123", "operator",
        "operator1", "database", "database1", "mysql123", "mariadb1", "postgres", "postgres1", "oracle123",
        "server123", "system123", "raspberry", "vagrant1", "toor1234", "rootpass", "rootpassword", "adminpass",
        "adminpassword", "jobtalk2024", "jobtalk2025", "jobtalk2026",
    ]
}
