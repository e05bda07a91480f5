import EventLog
import Events
import ExactNumbers
import Foldbook
import Foundation
import Records

/// Forks at the head, inside a block, as of a date, and live.
struct ForkRun {
  let folder: String
  let events: Int
  let rounds: Int

  func print() throws {
    let storage = CountedStorage()
    var environment = BookEnvironment.live
    environment.storage = storage
    let path = "\(folder)/forks-\(events)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let clock = ContinuousClock()
    let started = clock.now
    let made = try GeneratedBook.make(at: path, events: events, environment)
    let seconds = (clock.now - started) / .seconds(1)
    let middle = EventSequence(UInt64(events / 2 + 17))
    let date = try made.event(at: middle)?.effective ?? .distantPast
    Swift.print(
      """
      ### \(events) events (made in \(Times.short(seconds)) s)

      | a fork | milliseconds | without syncs | syncs | bytes written | bytes read | files / their bytes / on the disk | folders on the disk |
      | --- | --- | --- | --- | --- | --- | --- | --- |
      """)
    let kinds: [(String, ForkRequest)] = [
      ("at the head", ForkRequest()),
      ("at the head, live", ForkRequest(mode: .live)),
      ("inside a block", ForkRequest(asOf: .sequence(middle))),
      ("as of a date", ForkRequest(asOf: .instant(date))),
    ]
    for (place, (name, request)) in kinds.enumerated() {
      try row(
        name + ", of a book just opened", "cold-\(place)", request, path, environment, storage
      ) {
        try Book.open(at: path, environment: environment)
      }
      let book = try Book.open(at: path, environment: environment)
      try row(name, "warm-\(place)", request, path, environment, storage) { book }
    }
    Swift.print("")
  }

  private func row(
    _ title: String, _ prefix: String, _ request: ForkRequest, _ path: String,
    _ environment: BookEnvironment, _ storage: CountedStorage, parent: () throws -> Book
  ) throws {
    var times = Times()
    var rest = Times()
    var counts = CountedStorage.Counts()
    var use = DiskUse(of: "")
    for round in 0..<rounds {
      let book = try parent()
      let name = "\(prefix)-\(round)"
      _ = storage.take()
      _ = try times.measure { try book.fork(name, request) }
      counts = storage.take()
      rest.add((times.milliseconds.last ?? 0) - counts.syncMilliseconds)
      use = DiskUse(of: "\(path)/branches/\(name)")
    }
    Swift.print(
      "| \(title) | \(times.text) | \(rest.text) | \(counts.syncs) | \(counts.bytesWritten) "
        + "| \(counts.bytesRead) | \(use.files) / \(use.content) / \(use.allocated) "
        + "| \(use.folders) |")
  }
}
