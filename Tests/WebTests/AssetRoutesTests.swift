import Foundation
import HTTPTypes
import NIOFoundationCompat
import TestSupport
import Testing

@testable import Web

@Suite("Pages and files for browsers")
struct AssetRoutesTests {
    private static let html: HTTPFields = [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"]

    @Test("The binary carries the page as it lies in Dashboard; if not, Scripts/embed is due")
    func carriesDashboard() throws {
        let dashboard = root.appending(path: "Dashboard")
        let names = EmbeddedAssets.all.keys.filter { $0.hasPrefix("Dashboard/") && !$0.hasSuffix(".html") }
        #expect(names.contains("Dashboard/vendor/vue.js"))
        for name in names {
            let onDisk = try Asset(contentsOf: root.appending(path: name))
            #expect(EmbeddedAssets.all[name]?.digest == onDisk.digest, "\(name)")
            #expect(onDisk.contentType != "application/octet-stream", "\(name)")
        }
        let missing = try FileManager.default.subpathsOfDirectory(atPath: dashboard.path).filter { path in
            [".js", ".css", ".svg", ".woff2"].contains { path.hasSuffix($0) } && !names.contains("Dashboard/\(path)")
        }
        #expect(missing.isEmpty)
    }

    @Test("Addresses of the page answer the page to browsers", arguments: ["/", "/partners/7/edit", "/nowhere"])
    func answersPage(_ path: String) async throws {
        try await Console.run { _, client in
            let reply = try await client.get(path, headers: Self.html)
            #expect(reply.status == 200)
            #expect(reply.headers[.contentType] == "text/html; charset=utf-8")
            #expect(reply.headers[.cacheControl] == "no-cache")
            #expect(reply.text.contains("/assets/\(EmbeddedAssets.tree)/main.js"))
        }
    }

    @Test(
        "Everything else unknown is a JSON 404",
        arguments: [
            ("/partners/7", "application/json"), ("/nowhere.js", "*/*"), ("/assets/0123456789abcdef/main.js", "*/*"),
            ("/assets/main.js", "*/*"),
        ])
    func refusesUnknown(_ path: String, _ accept: String) async throws {
        try await Console.run { _, client in
            let reply = try await client.get(path, headers: [.accept: accept])
            #expect(reply.status == 404)
            #expect(try reply.detail == "Not found")
        }
    }

    @Test("Under /api a browser gets what everybody gets")
    func keepsAPI() async throws {
        try await Console.run { _, client in
            let stranger = try await client.get("/api/nowhere", headers: Self.html)
            #expect(stranger.status == 401)
            let known = try await client.signedIn().get("/api/nowhere", headers: Self.html)
            #expect(known.status == 404)
            let post = try await client.post("/nowhere", headers: Self.html)
            #expect(post.status == 404)
        }
    }

    @Test(
        "No path leads out of the page's files",
        arguments: [
            "../openapi.yaml", "..%2Fopenapi.yaml", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "index.html",
            "docs/redoc.html", "icons.txt", "vendor", "", "./main.js", "main.js/", "%00", "%zz",
        ])
    func staysInside(_ path: String) async throws {
        try await Console.run { _, client in
            let reply = try await client.get("/assets/\(EmbeddedAssets.tree)/\(path)")
            #expect(reply.status == 404)
        }
        try await Console.run(configure: { $0.dashboardFolder = root.appending(path: "Dashboard/docs") }) { _, client in
            let reply = try await client.get("/assets/\(path)")
            #expect(reply.status == 404)
        }
    }

    @Test("Files of the page never change under their address, so browsers keep them for good")
    func keepsFilesForGood() async throws {
        try await Console.run { _, client in
            let path = "/assets/\(EmbeddedAssets.tree)/vendor/vue.js"
            let reply = try await client.get(path)
            #expect(reply.status == 200)
            #expect(reply.headers[.cacheControl] == "public, max-age=31536000, immutable")
            #expect(reply.headers[.contentType] == "text/javascript; charset=utf-8")
            #expect(reply.headers[.xContentTypeOptions] == "nosniff")
            #expect(reply.headers[.contentEncoding] == nil)
            #expect(reply.text.contains("Vue"))
        }
    }

    @Test("Who takes gzip gets it, under a tag of its own; a known tag is a 304, and HEAD has no body")
    func compresses() async throws {
        try await Console.run { _, client in
            let path = "/assets/\(EmbeddedAssets.tree)/vendor/vue.js"
            let plain = try await client.get(path)
            let gzip = try await client.get(path, headers: [.acceptEncoding: "br, gzip"])
            #expect(gzip.headers[.contentEncoding] == "gzip")
            #expect(gzip.headers[.vary] == "Accept-Encoding" && plain.headers[.vary] == "Accept-Encoding")
            let tag = try #require(gzip.headers[.eTag])
            #expect(tag != plain.headers[.eTag])

            let known = try await client.get(path, headers: [.acceptEncoding: "gzip", .ifNoneMatch: tag])
            #expect(known.status == 304 && known.text.isEmpty)
            #expect(known.headers[.contentEncoding] == nil && known.headers[.eTag] == tag)

            let head = try await client.send(.head, path, headers: [.acceptEncoding: "gzip"])
            #expect(head.status == 200 && head.text.isEmpty)
            #expect(head.headers[.contentLength].flatMap { Int($0) } ?? 0 > 50_000)
            #expect(try await client.post(path).status == 405)
        }
    }

    @Test("What is compressed unpacks to what is not")
    func compressesFaithfully() async throws {
        for (name, asset) in EmbeddedAssets.all {
            guard let gzipped = asset.gzipped else { continue }
            #expect(try await gunzip(Data(buffer: gzipped)) == Data(buffer: asset.body), "\(name)")
        }
    }

    @Test(
        "gzip is taken when it is named or meant, and not when it is refused",
        arguments: [
            ("gzip", true), ("br, GZIP;q=0.5", true), ("*", true), ("gzip;q=1.0, *;q=0", true), (nil, false),
            ("", false),
            ("br", false), ("gzip;q=0", false), ("gzip; q=0.000, *", false), ("*;q=0", false), ("xgzip", false),
        ] as [(String?, Bool)])
    func negotiates(_ header: String?, _ isTaken: Bool) {
        #expect(Encodings(header).allowGzip == isTaken)
    }

    @Test(
        "Pages run no code and load nothing from elsewhere; only ReDoc writes styles",
        arguments: ["/", "/docs", "/redoc"])
    func isStrict(_ path: String) async throws {
        try await Console.run { _, client in
            let policy = try #require(try await client.get(path).headers[.contentSecurityPolicy])
            #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"))
            #expect(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"))
            #expect(!policy.contains("unsafe-eval") && !policy.contains("http"))
            #expect(policy.contains("unsafe-inline") == (path == "/redoc"))
        }
    }

    @Test("With a folder, files are read anew for each request and nobody keeps them")
    func readsFolder() async throws {
        let folder = try TemporaryDirectory()
        let index = folder.url.appending(path: "index.html")
        try Data("one".utf8).write(to: index)
        try await Console.run(configure: { $0.dashboardFolder = folder.url }) { _, client in
            #expect(try await client.get("/").text == "one")
            try Data("two".utf8).write(to: index)
            #expect(try await client.get("/").text == "two")
            try Data("x".utf8).write(to: folder.url.appending(path: "new.css"))
            let reply = try await client.get("/assets/new.css")
            #expect(reply.text == "x" && reply.headers[.cacheControl] == "no-cache")
            #expect(reply.headers[.contentType] == "text/css; charset=utf-8")
        }
    }
}

/// Of the package.
private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
