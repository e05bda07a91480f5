import FoundationEssentials
import Testing

/// What a reviewer would say every time is said here once.
@Suite struct HouseRules {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Where a target's sources are, and the targets of ours that they may import.
  static let layers: [(target: String, folder: String, mayImport: Set<String>)] = [
    ("ExactNumbers", "Sources/ExactNumbers", []),
    ("Records", "Sources/Records", ["ExactNumbers"]),
    ("EventLog", "Sources/EventLog", ["ExactNumbers", "Records", "CLZ4"]),
    ("Events", "events", ["ExactNumbers", "Records"]),
    ("Portfolio", "Sources/Portfolio", ["ExactNumbers", "Records", "Events"]),
    ("Analytics", "Sources/Analytics", ["ExactNumbers"]),
    (
      "Calculations", "Sources/Calculations",
      ["ExactNumbers", "Records", "Events", "Portfolio", "Analytics"]
    ),
    (
      "Projections", "projections",
      ["ExactNumbers", "Records", "Events", "Portfolio", "Calculations"]
    ),
    ("Interchange", "Sources/Interchange", ["ExactNumbers", "Records", "Events"]),
    (
      "Foldbook", "Sources/Foldbook",
      [
        "ExactNumbers", "Records", "Events", "EventLog", "Portfolio", "Analytics", "Calculations",
        "Projections", "Interchange",
      ]
    ),
  ]

  @Test("no target imports upward", arguments: 0..<10)
  func imports(index: Int) throws {
    let (target, folder, mayImport) = Self.layers[index]
    let ours = Set(Self.layers.map(\.target) + ["CLZ4"])
    let files = try swiftFiles(in: folder)
    #expect(!files.isEmpty, "\(target) has sources in \(folder)")
    for (path, text) in files {
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let at = words.firstIndex(of: "import"), at <= 1, at + 1 < words.count else {
          continue
        }
        let imported = String(words[at + 1])
        if ours.contains(imported), imported != target {
          #expect(mayImport.contains(imported), "\(path) imports \(imported)")
        }
      }
    }
  }

  @Test("the core formats nothing through Foundation", arguments: 0..<7)
  func foundationFree(index: Int) throws {
    for (path, text) in try swiftFiles(in: Self.layers[index].folder) {
      #expect(!text.contains("import Foundation"), "\(path)")
    }
  }

  @Test("no file is left half done")
  func leftovers() throws {
    // Written apart, so that this file does not find itself.
    let markers = ["TO" + "DO", "FIX" + "ME", ".disabl" + "ed("]
    let folders = ["Sources", "Tests", "events", "projections"]
    for folder in folders {
      for (path, text) in try swiftFiles(in: folder) where !path.contains("HistoryPrices") {
        for marker in markers { #expect(!text.contains(marker), "\(path) contains \(marker)") }
      }
    }
  }

  @Test("an error's code is written in one place, so that it has one meaning")
  func codes() throws {
    var places: [Substring: [String]] = [:]
    for folder in ["Sources", "events", "projections"] {
      for (path, text) in try swiftFiles(in: folder) {
        for match in text.matches(of: /"(FB-[A-Z]+-[0-9]+)"/) {
          places[match.1, default: []].append("\(folder)/\(path)")
        }
      }
    }
    #expect(places.count > 80, "the codes are found where they are written")
    for (code, files) in places.sorted(by: { $0.key < $1.key }) {
      #expect(files.count == 1, "\(code) is written in \(files.joined(separator: ", "))")
    }
  }

  private func swiftFiles(in folder: String) throws -> [(path: String, text: String)] {
    let base = Self.root + "/" + folder
    let names = try FileManager.default.subpathsOfDirectory(atPath: base)
    return try names.filter { $0.hasSuffix(".swift") }.sorted().map {
      ($0, try String(contentsOfFile: base + "/" + $0, encoding: .utf8))
    }
  }
}
