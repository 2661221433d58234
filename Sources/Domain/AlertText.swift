/// An alert's sentence apart from its numbers: a million snapshots share a handful of texts, and an alert is not news
/// each time that it counts one call more.
///
/// Lossless for any sentence, and independent of today's rules: what was said then is read back as it was said.
package struct AlertText: Sendable, Equatable {
    /// The sentence with `#` for every number.
    package let text: String
    /// The numbers in their order, apart by spaces; `nil` if there are none.
    package let numbers: String?

    package init(text: String, numbers: String?) {
        self.text = text
        self.numbers = numbers
    }

    /// Takes the numbers out of a sentence.
    package init(_ sentence: String) {
        var numbers: [Substring] = []
        // A `#` of the sentence itself counts as a number, so that it comes back.
        text = sentence.replacing(/[0-9]+(?:\.[0-9]+)?|#/) { match in
            numbers.append(match.output)
            return "#"
        }
        self.numbers = numbers.isEmpty ? nil : numbers.joined(separator: " ")
    }

    /// The sentence as it was; `nil` if text and numbers do not belong together.
    package var sentence: String? {
        let numbers = numbers?.split(separator: " ") ?? []
        let parts = text.split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count == numbers.count + 1 else { return nil }
        return parts[0] + zip(numbers, parts.dropFirst()).map { $0 + $1 }.joined()
    }
}
