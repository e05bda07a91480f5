// swift-tools-version: 6.2
import PackageDescription

/// Every target of the house is built with the same strict settings.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// Targets stand in dependency order: what is above never imports what is below.
let package = Package(
  name: "Foldbook",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Foldbook", targets: ["Foldbook"]),
    // Pure functions without a book; the benchmarks in tools/ time them.
    .library(name: "Analytics", targets: ["Analytics"]),
    .executable(name: "foldbook", targets: ["foldbook-cli"]),
  ],
  dependencies: [
    // SQLite: connections, transactions and readers of the projected tables.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    // SHA-256 of leaves, roots and checksums; AES-GCM for personal fields.
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    // The command line: parsing, help, completion scripts.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CLZ4", path: "Sources/CLZ4", pkgConfig: "liblz4",
      providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .target(name: "ExactNumbers", swiftSettings: strict),
    .target(name: "Records", dependencies: ["ExactNumbers"], swiftSettings: strict),
    .target(
      name: "EventLog",
      dependencies: [
        "CLZ4", "ExactNumbers", "Records", .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .target(
      name: "Events", dependencies: ["ExactNumbers", "Records"], path: "events",
      exclude: ["README.md"], swiftSettings: strict),
    .target(
      name: "Portfolio", dependencies: ["Events", "ExactNumbers", "Records"], swiftSettings: strict),
    // Pure functions over arrays of numbers: options, regressions, covariance, statistics, stress.
    .target(name: "Analytics", dependencies: ["ExactNumbers"], swiftSettings: strict),
    // The calculated tables: facts at a cut in, rows out. It knows no file and no SQL.
    .target(
      name: "Calculations",
      dependencies: [
        "Analytics", "Events", "ExactNumbers", "Portfolio", "Records",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .target(
      name: "Projections",
      dependencies: [
        "Calculations", "Events", "ExactNumbers", "Portfolio", "Records",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      path: "projections", exclude: ["README.md"],
      resources: [
        .embedInCode("checkpoint/checkpoint.sql"), .embedInCode("identity/identity.sql"),
        .embedInCode("positions/positions.sql"), .embedInCode("reference/reference.sql"),
        .embedInCode("market/market.sql"), .embedInCode("valuation/valuation.sql"),
        .embedInCode("audit/audit.sql"), .embedInCode("calculations/calculations.sql"),
        .embedInCode("greeks/greeks.sql"), .embedInCode("factors/factors.sql"),
        .embedInCode("correlations/correlations.sql"), .embedInCode("stress/stress.sql"),
        .embedInCode("snapshots/snapshots.sql"), .embedInCode("modeling/modeling.sql"),
      ],
      swiftSettings: strict),
    .target(
      name: "Interchange", dependencies: ["Events", "ExactNumbers", "Records"],
      swiftSettings: strict),
    .target(
      name: "Foldbook",
      dependencies: [
        "Analytics", "Calculations", "EventLog", "Events", "ExactNumbers", "Interchange",
        "Portfolio", "Projections", "Records", .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "foldbook-cli",
      dependencies: [
        "Analytics", "Calculations", "EventLog", "Events", "ExactNumbers", "Foldbook",
        "Interchange", "Portfolio", "Projections", "Records",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),

    // What tests share: seeded generators and golden files; a storage that fails on demand.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "FaultInjection", dependencies: ["EventLog"], path: "Tests/FaultInjection",
      swiftSettings: strict),
    .testTarget(
      name: "ExactNumbersTests", dependencies: ["ExactNumbers", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "EventsTests", dependencies: ["Events", "ExactNumbers", "Records", "TestSupport"],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "EventLogTests",
      dependencies: ["EventLog", "ExactNumbers", "FaultInjection", "Records", "TestSupport"],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "PortfolioTests",
      dependencies: ["Events", "ExactNumbers", "Portfolio", "Records", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "AnalyticsTests", dependencies: ["Analytics", "ExactNumbers", "TestSupport"],
      exclude: ["Reference"], swiftSettings: strict),
    .testTarget(
      name: "CalculationsTests",
      dependencies: [
        "Analytics", "Calculations", "Events", "ExactNumbers", "Portfolio", "Records",
        "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ProjectionsTests",
      dependencies: [
        "Calculations", "Events", "ExactNumbers", "Portfolio", "Projections", "Records",
        "TestSupport",
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "InterchangeTests",
      dependencies: ["Events", "ExactNumbers", "Interchange", "Records", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "FoldbookTests",
      dependencies: [
        "EventLog", "Events", "ExactNumbers", "FaultInjection", "Foldbook", "Interchange",
        "Portfolio", "Projections", "Records", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(name: "HouseRulesTests", swiftSettings: strict),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "EventLog", "Events", "ExactNumbers", "Foldbook", "Interchange", "Portfolio",
        "Projections", "Records", "TestSupport", "foldbook-cli",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
  ]
)
