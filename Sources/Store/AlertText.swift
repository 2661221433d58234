/// An alert's sentence apart from its numbers, so that a million snapshots share a handful of texts.
///
/// Lossless for any sentence, and independent of today's rules: what was said then is read back as it was said.
struct AlertText: Sendable, Equatable {
    /// The sentence with `#` for every number.
    let text: String
    /// The numbers in their order, apart by spaces; `nil` if there are none.
    let numbers: String?

    init(text: String, numbers: String?) {
        self.text = text
        self.numbers = numbers
    }

    init(_ sentence: String) {
        var numbers: [Substring] = []
        // A `#` of the sentence itself counts as a number, so that it comes back.
        text = sentence.replacing(/[0-9]+(?:\.[0-9]+)?|#/) { match in
            numbers.append(match.output)
            return "#"
        }
        self.numbers = numbers.isEmpty ? nil : numbers.joined(separator: " ")
    }

    /// The sentence as it was; `nil` if text and numbers do not belong together.
    var sentence: String? {
        let numbers = numbers?.split(separator: " ") ?? []
        let parts = text.split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count == numbers.count + 1 else { return nil }
        return parts[0] + zip(numbers, parts.dropFirst()).map { $0 + $1 }.joined()
    }
}
