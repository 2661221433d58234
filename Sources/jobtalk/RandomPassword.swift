import Domain

/// Passwords that are made up, shown once, and typed by a person.
enum RandomPassword {
    /// 20 letters and digits that cannot be mistaken for each other, in groups: 98 bits.
    static func make() -> Secret {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        let groups = (0..<4).map { _ in
            String((0..<5).map { _ in letters[Int.random(in: letters.indices, using: &generator)] })
        }
        return Secret(groups.joined(separator: "-"))
    }
}
