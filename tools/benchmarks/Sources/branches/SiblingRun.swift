import Events
import Foldbook
import Foundation

/// Appends to a book without branches and to a copy of it that many stand on, in turn.
struct SiblingRun {
  let folder: String
  let events: Int
  let rounds: Int
  let branches: Int

  func print() throws {
    let paths = ["\(folder)/alone", "\(folder)/forked"]
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    _ = try GeneratedBook.make(at: paths[0], events: events, .live)
    try FileManager.default.copyItem(atPath: paths[0], toPath: paths[1])
    do {
      let book = try Book.open(at: paths[1])
      for index in 0..<branches { _ = try book.fork("b\(index)") }
    }
    var next = events
    var cold = [Times(), Times()]
    var warm = [Times(), Times()]
    let count = rounds * 4
    for round in 0..<count {
      // Each goes first as often as the other.
      for side in round.isMultiple(of: 2) ? [0, 1] : [1, 0] {
        next += 1
        _ = try cold[side].measure {
          try Book.open(at: paths[side]).append([GeneratedBook.event(next)])
        }
      }
    }
    let books = try paths.map { try Book.open(at: $0) }
    for round in 0..<count * 4 {
      for side in round.isMultiple(of: 2) ? [0, 1] : [1, 0] {
        next += 1
        _ = try warm[side].measure { try books[side].append([GeneratedBook.event(next)]) }
      }
    }
    func ratio(_ times: [Times]) -> String { Times.short(times[1].median / times[0].median) }
    Swift.print(
      """
      ### Appending to main, \(events) events

      | milliseconds | no branch | \(branches) branches | ratio of the medians |
      | --- | --- | --- | --- |
      | open the book and append one event | \(cold[0].text) | \(cold[1].text) | \(ratio(cold)) |
      | append one event to an open book | \(warm[0].text) | \(warm[1].text) | \(ratio(warm)) |

      """)
  }
}
