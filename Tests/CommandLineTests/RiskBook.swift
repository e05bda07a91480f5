import ExactNumbers
import Records
import TestSupport
import Testing

/// A book with prices of eighty weekdays: portfolio `core` is long AAPL and short MSFT, has ten
/// calls on AAPL and a deposit; portfolio `other` holds IBM alone.
struct RiskBook {
  /// Keeps the folder as long as the book is used.
  let folder: TemporaryFolder
  var path: String { folder.path + "/book" }

  /// The session that the tests ask about: a Friday.
  static let day = "2025-04-18"
  static let option = "AAPL250919C00110000"

  /// Looked at by several tests, and changed by none.
  static func shared() throws -> RiskBook { try sharedBook.get() }
  private static let sharedBook = Result { try RiskBook() }

  init() throws {
    folder = try TemporaryFolder()
    try SharedBooks.succeed(["init", folder.path + "/book", "-q"])
    let made = try run("append", "-", input: Self.history())
    guard made.status == 0 else { throw SharedBooks.Failed(outcome: made) }
  }

  func run(_ arguments: String..., input: String = "") throws -> Program.Outcome {
    try Program.run(["-C", path] + arguments, input: input)
  }

  /// Asks as of the day.
  func look(_ arguments: String...) throws -> Program.Outcome {
    try Program.run(["-C", path] + arguments + ["--as-of", Self.day])
  }

  private static func history() throws -> String {
    var lines: [String] = []
    for (portfolio, cash) in [("core", 100_000), ("other", 20_000)] {
      lines.append(
        cloudEvent(
          "open-\(portfolio)", "portfolio.opened", "2024-12-01T00:00:00Z",
          "{\"portfolio\":\"\(portfolio)\",\"name\":\"\(portfolio)\"}"))
      lines.append(
        cloudEvent(
          "cash-\(portfolio)", "cash.moved", "2024-12-30T00:00:00Z",
          "{\"portfolio\":\"\(portfolio)\",\"amount\":\(cash),\"reason\":\"deposit\"}"))
    }
    for (id, portfolio, symbol, type, quantity, price) in [
      ("p1", "core", "AAPL", "LONG", 300, 100), ("p2", "core", "MSFT", "SHORT", 100, 200),
      ("p3", "core", option, "LC", 10, 5), ("p4", "other", "IBM", "LONG", 50, 150),
    ] {
      lines.append(
        cloudEvent(
          id, "position.entered", "2024-12-31T15:00:00Z",
          """
          {"position":"\(id)","portfolio":"\(portfolio)","symbol":"\(symbol)",\
          "position_type":"\(type)","quantity":\(quantity),"entry_price":\(price)}
          """))
    }
    try addPrices(to: &lines)
    lines.append(
      cloudEvent(
        "rate", "rate.set", "\(day)T20:00:00Z", #"{"series":"DGS3MO","value":4.2}"#))
    lines.append(
      cloudEvent(
        "volatility", "volatility.quoted", "\(day)T20:00:00Z",
        "{\"symbol\":\"\(option)\",\"volatility\":0.3}"))
    lines.append(
      cloudEvent(
        "short", "short.reported", "2025-04-10T20:00:00Z",
        #"{"symbol":"MSFT","days_to_cover":2,"cost_to_borrow_rate":12.5}"#))
    return lines.joined()
  }

  /// SPY moves by whole cents; AAPL twice as far, MSFT as far, IBM by itself.
  private static func addPrices(to lines: inout [String]) throws {
    var generator = SeededGenerator(seed: 20)
    var levels = ["SPY": 40_000, "AAPL": 10_000, "MSFT": 20_000, "IBM": 15_000]
    var date = try #require(CivilDate("2024-12-30"))
    let last = try #require(CivilDate(day))
    while date <= last {
      defer { date = date.advanced(byDays: 1) }
      guard date.weekday <= 5 else { continue }
      let step = Int.random(in: -40...40, using: &generator)
      for (symbol, factor) in [("SPY", 10), ("AAPL", 5), ("MSFT", 5), ("IBM", 0)] {
        let own = Int.random(in: -30...30, using: &generator)
        levels[symbol, default: 0] += step * factor + (symbol == "SPY" ? 0 : own)
        let cents = levels[symbol] ?? 0
        lines.append(
          cloudEvent(
            "\(symbol)-\(date)", "price.closed", "\(date)T21:00:00Z",
            """
            {"symbol":"\(symbol)","date":"\(date)",\
            "close":\(cents / 100).\(String(cents % 100 + 100).suffix(2))}
            """))
      }
    }
  }
}
