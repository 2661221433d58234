// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
    name: "jobtalk",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "jobtalk", targets: ["jobtalk"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CMariaDB", pkgConfig: "libmariadb", providers: [.apt(["libmariadb-dev"])]),
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(name: "CAssets"),

        .target(name: "Domain", swiftSettings: settings),
        .target(
            name: "Store",
            dependencies: [
                "Domain", logging, grdb, crypto,
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .target(
            name: "Partners",
            dependencies: ["Domain", "CMariaDB", "CPostgreSQL", "CSSH", logging, grdb, nioCore],
            swiftSettings: settings),
        .target(
            name: "Sync",
            dependencies: ["CZlib", "Domain", "Store", "Partners", logging, lifecycle, nioCore],
            swiftSettings: settings),
        .target(
            name: "Web",
            dependencies: [
                "CAssets", "Domain", "Store", "Sync", logging, lifecycle, nioCore, httpTypes, crypto,
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            swiftSettings: settings),
        .target(name: "Demo", dependencies: ["Domain", grdb, logging, lifecycle], swiftSettings: settings),
        .executableTarget(
            name: "jobtalk",
            dependencies: [
                "Domain", "Store", "Partners", "Sync", "Web", "Demo", logging, lifecycle, nioCore,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        .target(
            name: "TestSupport",
            dependencies: ["CAssets", "Domain", logging],
            path: "Tests/Support", swiftSettings: settings),
        .testTarget(name: "DomainTests", dependencies: ["Domain", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "StoreTests", dependencies: ["Store", "Domain", "TestSupport", grdb], swiftSettings: settings),
        .testTarget(
            name: "PartnersTests", dependencies: ["Partners", "Domain", "TestSupport", logging],
            swiftSettings: settings),
        .testTarget(
            name: "SyncTests",
            dependencies: ["Sync", "Store", "Partners", "Domain", "TestSupport", logging, lifecycle, nioCore],
            swiftSettings: settings),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Web", "Sync", "Store", "Partners", "Domain", "TestSupport", logging, httpTypes, nioCore,
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "DemoTests", dependencies: ["Demo", "Domain", "TestSupport", grdb, logging], swiftSettings: settings),
        .testTarget(
            name: "JobtalkTests", dependencies: ["jobtalk", "Store", "Domain", "TestSupport", logging],
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "Domain", "Demo", "jobtalk",
                .product(name: "AsyncHTTPClient", package: "async-http-client"), nioCore,
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings),
    ],
    cLanguageStandard: .c2x
)
