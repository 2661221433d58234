import ArgumentParser

@main
struct Jobtalk: AsyncParsableCommand {
    mutating func run() async throws {}
}
