import EventLog
import Foundation

/// Milliseconds of some repetitions.
struct Times {
  private(set) var milliseconds: [Double] = []

  mutating func measure<Result>(_ body: () throws -> Result) rethrows -> Result {
    let clock = ContinuousClock()
    let started = clock.now
    let result = try body()
    milliseconds.append((clock.now - started) / .milliseconds(1))
    return result
  }

  mutating func add(_ time: Double) { milliseconds.append(time) }

  var median: Double {
    let sorted = milliseconds.sorted()
    return sorted[sorted.count / 2]
  }

  /// Least, median and most.
  var text: String {
    let sorted = milliseconds.sorted()
    return [sorted[0], median, sorted[sorted.count - 1]].map(Self.short).joined(separator: " / ")
  }

  /// Three digits.
  static func short(_ value: Double) -> String { String(format: "%.3g", value) }
}

/// What the disk alone takes: a small file written and synced, as a journal's frame is, and a
/// directory synced behind a new name.
struct Probe {
  let folder: String
  let rounds: Int

  func print() throws {
    let storage = DiskStorage()
    let file = try storage.open(folder + "/probe", .create)
    var syncs = Times()
    var directories = Times()
    for round in 0..<max(rounds, 10) {
      try file.write([UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 1_024), at: 0)
      try syncs.measure { try file.sync() }
      _ = try storage.open("\(folder)/probe-\(round)", .create)
      try directories.measure { try storage.syncDirectory(folder) }
    }
    Swift.print(
      """
      | the disk alone | milliseconds |
      | --- | --- |
      | `fdatasync` of 1 KiB written over | \(syncs.text) |
      | `fsync` of a directory with a new name | \(directories.text) |

      """)
  }
}
