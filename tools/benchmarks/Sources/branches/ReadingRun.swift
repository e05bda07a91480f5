import EventLog
import Events
import ExactNumbers
import Foldbook
import Foundation

/// Positions of main and of branches of it, each of a book just opened.
struct ReadingRun {
  let folder: String
  let events: Int
  let rounds: Int

  func print() throws {
    let path = "\(folder)/reading"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let main = try GeneratedBook.make(at: path, events: events, .live)
    let date = try main.event(at: main.head)?.effective ?? .distantPast
    _ = try main.fork("frozen")
    _ = try main.fork("cut", ForkRequest(asOf: .instant(date)))
    _ = try main.fork("live", ForkRequest(mode: .live))
    let names = ["main", "frozen", "cut", "live"]
    var times = names.map { _ in Times() }
    for _ in 0..<rounds {
      for (place, name) in names.enumerated() {
        _ = try times[place].measure {
          let book = try Book.open(at: path, branch: name, mode: .readOnly)
          return try book.holdings(at: ReplayPoint(asOf: .distantFuture, knownAt: book.head))
        }
      }
    }
    Swift.print(
      """
      ### Reading \(GeneratedBook.positions) positions, \(events) events

      | open, and positions at the head | milliseconds | ratio of the medians |
      | --- | --- | --- |
      """)
    let first = times[0].median
    for (name, times) in zip(names, times) {
      Swift.print("| \(name) | \(times.text) | \(Times.short(times.median / first)) |")
    }
    Swift.print("")
  }
}

/// A branch at the end of a long chain.
struct ChainRun {
  let folder: String
  let forks: Int
  let rounds: Int

  func print() throws {
    let path = "\(folder)/chain"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var book = try GeneratedBook.make(at: path, events: 1_000, .live)
    var making = Times()
    for index in 1...forks {
      book = try making.measure { try book.fork("b\(index)") }
    }
    var opening = Times()
    var reading = Times()
    var appending = Times()
    for round in 0..<max(3, rounds / 5) {
      let opened = try opening.measure { try Book.open(at: path, branch: "b\(forks)") }
      _ = try reading.measure {
        try opened.holdings(at: ReplayPoint(asOf: .distantFuture, knownAt: opened.head))
      }
      _ = try appending.measure { try opened.append([GeneratedBook.event(10_000 + round)]) }
    }
    Swift.print(
      """
      ### A chain of \(forks) forks

      | | milliseconds |
      | --- | --- |
      | fork, from the first to the last | \(making.text) |
      | open the last | \(opening.text) |
      | its positions | \(reading.text) |
      | append one event to it | \(appending.text) |

      """)
  }
}
