/// Text that must never be shown: it prints, dumps and interpolates as dots, and is not `Codable`.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The clear text; call it only where the secret is used or sealed.
    package let clearText: String

    package init(_ clearText: String) {
        self.clearText = clearText
    }

    package var description: String { "••••" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
