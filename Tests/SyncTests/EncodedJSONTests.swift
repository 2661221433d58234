import Foundation
import NIOCore
import TestSupport
import Testing

@testable import Sync

@Suite("An encoded answer")
struct EncodedJSONTests {
    private static let bodies = [
        "", "{}", String(repeating: "{\"partner\":\"é\"}", count: 50_000),
        (0..<40_000).map { String($0 &* 2_654_435_761 % 1_000_003, radix: 36) }.joined(),
    ]

    @Test("Compressed it unpacks to what it was", arguments: bodies)
    func unpacks(_ body: String) async throws {
        let answer = EncodedJSON(body: ByteBuffer(string: body), etag: "\"1\"")
        let form = try answer.gzipped()
        #expect(try await gunzip(Data(form.readableBytesView)) == Data(body.utf8))
        #expect(try answer.body.gzipped() == form, "the same bytes have the same form")
    }

    @Test("However many ask at once, for whichever copy of it, it is compressed once")
    func compressesOnce() async throws {
        let answer = EncodedJSON(body: ByteBuffer(string: Self.bodies[2]), etag: "\"1\"")
        let forms = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<32 {
                let copy = answer
                group.addTask {
                    try copy.gzipped().withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }.hashValue
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(forms.count == 1)
    }
}
