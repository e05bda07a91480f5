// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// A package of its own, so that no product of Foldbook ever waits for its benchmarks.
let package = Package(
  name: "FoldbookBenchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Foldbook", path: "../..")],
  targets: [
    .executableTarget(
      name: "kernels", dependencies: [.product(name: "Analytics", package: "Foldbook")],
      swiftSettings: strict),
    .executableTarget(
      name: "branches", dependencies: [.product(name: "Foldbook", package: "Foldbook")],
      swiftSettings: strict),
  ]
)
