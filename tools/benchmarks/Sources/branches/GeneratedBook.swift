import EventLog
import Events
import ExactNumbers
import Foldbook
import Foundation
import Records

/// A book of one portfolio with a hundred positions, and as many ticks of their symbols as it takes
/// to have so many events; the last hundred are in the journal.
enum GeneratedBook {
  static let positions = 100

  static func make(at path: String, events: Int, _ environment: BookEnvironment) throws -> Book {
    let book = try Book.create(at: path, environment: environment)
    try book.append((0...positions).map { event($0) })
    let packed = max(positions + 1, events - 100)
    let recorded = try book.event(at: book.head)?.recorded
    // No rule asks about a tick: so many go straight to the log.
    try book.log.appendBulk { writer in
      for index in positions + 1..<packed {
        var tick = event(index)
        tick.recorded = recorded
        try writer.append(tick.record())
      }
    }
    for index in packed..<max(packed, events) { try book.append([event(index)]) }
    return book
  }

  static func event(_ index: Int) -> Event {
    let effective = Instant(
      nanosecondsSinceEpoch: opened.nanosecondsSinceEpoch + Int64(index) * 1_000_000_000)
    return Event(
      id: .given("e\(index)"), effective: effective, source: "/benchmarks",
      payload: payload(index))
  }

  private static let opened = Instant("2024-01-02T09:00:00Z") ?? .distantPast

  private static func payload(_ index: Int) -> Payload {
    if index == 0 { return .portfolioOpened(PortfolioOpened(portfolio: "p", name: "P")) }
    let symbol = Symbol("S\(index % positions)")
    let price = ExactDecimal(Int32(100 + index % 37))
    guard index <= positions else {
      return .priceTicked(PriceTicked(symbol: symbol, price: price))
    }
    return .positionEntered(
      PositionEntered(
        position: PositionID("h\(index)"), portfolio: "p", symbol: symbol, positionType: .long,
        quantity: 100, entryPrice: price))
  }
}

/// What a folder takes on the disk.
struct DiskUse {
  var files = 0
  /// The bytes in the files.
  var content = 0
  /// What the file system keeps for the files.
  var allocated = 0
  /// What it keeps for the folders.
  var folders = 0

  init(of path: String) {
    let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String }) ?? []
    for name in [""] + names {
      var status = stat()
      guard lstat(path + "/" + name, &status) == 0 else { continue }
      let bytes = Int(status.st_blocks) * 512
      if status.st_mode & S_IFMT == S_IFDIR {
        folders += bytes
      } else {
        files += 1
        content += Int(status.st_size)
        allocated += bytes
      }
    }
  }
}
