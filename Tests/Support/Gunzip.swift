package import Foundation

/// What a gzip file holds, as the system's own program reads it; throws if it is none, to the last byte.
package func gunzip(_ data: Data) async throws -> Data {
    let directory = try TemporaryDirectory()
    let (file, unpacked) = (directory.url.appending(path: "file.gz"), directory.url.appending(path: "file"))
    try data.write(to: file)
    let gzip = try ChildProcess("gzip", ["-dc"], input: file, output: unpacked)
    let ending = await gzip.ending()
    guard ending == .exited(0) else { throw ToolFailure(program: "gzip", ending: ending, output: gzip.outputText) }
    return try Data(contentsOf: unpacked)
}
