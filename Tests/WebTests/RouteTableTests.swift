import Hummingbird
import Testing

@testable import Web

@Suite("The route table")
struct RouteTableTests {
    private let table = RouteTable([
        Route(.get, "/a", .open) { _ in Response(status: .ok) },
        Route(.put, "/a/{id}", .open) { _ in Response(status: .ok) },
        Route(.delete, "/a/{id}", .open) { _ in Response(status: .ok) },
        Route(.post, "/a/b", .open) { _ in Response(status: .ok) },
        Route(.get, "/a/{id}/c", .open) { _ in Response(status: .ok) },
        Route(.get, "/f/{file*}", .open) { _ in Response(status: .ok) },
    ])

    @Test(
        "Paths lead to the methods they have",
        arguments: [
            ("/a", "GET, HEAD"), ("/a/x", "PUT, DELETE"), ("/a/b", "POST"), ("/a/x/c", "GET, HEAD"),
            ("/a/b/c", "GET, HEAD"),
            ("/a/", nil), ("/", nil), ("", nil), ("/A", nil), ("//a", nil), ("/a/x/", nil), ("/a//c", nil),
            ("/a/x/d", nil), ("/f/x", "GET, HEAD"), ("/f/x/y/z", "GET, HEAD"), ("/f", nil), ("/f/", nil),
        ] as [(String, String?)])
    func matches(_ path: String, _ allow: String?) {
        #expect(table.match(path)?.allow == allow)
    }

    @Test("A parameter is decoded, once")
    func decodes() {
        #expect(table.match("/a/%41%2F%2541")?.parameters == ["id": "A/%41"])
        #expect(table.match("/a/%zz") == nil)
        #expect(table.match("/f/a/%2E%2E//b")?.parameters == ["file": "a/..//b"])
    }
}
