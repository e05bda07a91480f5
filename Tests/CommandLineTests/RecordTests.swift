import ExactNumbers
import Foundation
import Records
import TestSupport
import Testing

@testable import foldbook_cli

@Suite struct RecordingCommands {
  private let book: RecordBook

  init() throws { book = try RecordBook() }

  /// The rows of the report of a command that has to succeed.
  private func rows(_ result: Program.Outcome) throws -> [JSONValue] {
    try #require(result.status == 0, "\(result.error)")
    return try result.rows
  }

  private func column(_ name: String, _ rows: [JSONValue]) -> [String] {
    rows.map { $0[name]?.text ?? "none" }
  }

  @Test("a new book has the default factors and scenarios, and is not made over another")
  func initTwice() throws {
    let path = book.folder.path + "/other"
    let made = try Program.run(["init", path, "--json"])
    #expect(made.status == 0)
    #expect(try made.json["head"] == 18)
    #expect(try made.json["log_root"]?.text?.count == 64)
    let again = try Program.run(["init", path, "--json"])
    #expect(again.status == 73)
    #expect(try again.exitError["code"] == "FB-BOOK-002")
    let status = try Program.run(["-C", path, "status", "--json"])
    #expect(try status.json["log_root"] == made.json["log_root"])
    #expect(try status.json["damage"] == .null)
    #expect(try status.json["branches"] == ["main"])
  }

  @Test("an entry makes the tags it names, once, and is entered once under one id")
  func enter() throws {
    let arguments = [
      "-C", book.path, "enter", "core", "long", "msft", "10", "400.5", "--at", "2025-06-30",
      "--tag", "growth", "--tag", "Swing", "--id", "buy1", "--fees", "-0.25", "--json",
    ]
    let first = try Program.run(arguments)
    let written = try rows(first)
    #expect(
      column("kind", written) == [
        "position.entered", "position.tagged", "tag.created", "position.tagged",
      ])
    let data = try #require(written.first?["data"])
    #expect(
      data == [
        "position": "buy1", "portfolio": "core", "symbol": "MSFT", "position_type": "LONG",
        "quantity": 10, "entry_price": .decimal(try decimal("400.5")),
        "fees": .decimal(try decimal("-0.25")),
      ])
    #expect(written.first?["effective"] == "2025-06-30T23:59:59.999999999Z")
    #expect(written[1]["data"]?["tag"] == "t1")
    #expect(try first.json["warnings"] == ["there was no tag 'Swing': it was created"])
    #expect(try first.json["head"] == 26)

    let again = try Program.run(arguments)
    #expect(try again.json["events_written"] == 0)
    #expect(try again.json["events_unchanged"] == 4)
    #expect(try again.json["head"] == 26)
  }

  @Test(
    "an exit by symbol takes the lots in the order asked for",
    arguments: [
      ("fifo", ["p1 40", "p2 20"]), ("lifo", ["p3 5", "p2 50", "p1 5"]),
      ("hifo", ["p2 50", "p3 5", "p1 5"]),
    ])
  func lots(order: String, expected: [String]) throws {
    _ = try rows(
      book.run(
        "enter", "core", "LONG", "AAPL", "50", "170", "--at", "2025-04-01", "--position", "p2",
        "--json"))
    _ = try rows(
      book.run(
        "enter", "core", "LONG", "AAPL", "5", "165", "--at", "2025-05-01", "--position", "p3",
        "--json"))
    let exits = try rows(
      book.run(
        "exit", "AAPL", "60", "171", "--lots", order, "--at", "2025-06-01", "--json"))
    #expect(
      exits.map {
        "\($0["data"]?["position"]?.text ?? "") \($0["data"]?["quantity"]?.decimal ?? 0)"
      }
        == expected)
  }

  @Test("an exit without a quantity leaves all that is open, and the ledger says how much")
  func exitAll() throws {
    let exit = try #require(
      try rows(book.run("exit", "p1", "171", "--at", "2025-06-01", "--json")).first)
    #expect(exit["data"]?["quantity"] == 40)
    let report = try book.run("exit", "AAPL", "171", "--json")
    #expect(report.status == 65)
    #expect(try report.exitError["code"] == "FB-LOT-001")
  }

  @Test("what is held in two portfolios, or both long and short, is not guessed")
  func ambiguous() throws {
    _ = try rows(
      book.run("enter", "core", "SHORT", "AAPL", "1", "1", "--at", "2025-04-01", "--json"))
    #expect(try book.run("exit", "AAPL", "1", "1", "--json").exitError["code"] == "FB-LOT-004")
    _ = try rows(book.run("portfolio", "open", "other", "--at", "2025-01-01", "--json"))
    _ = try rows(
      book.run("enter", "other", "LONG", "AAPL", "3", "1", "--at", "2025-04-01", "--json"))
    #expect(try book.run("exit", "AAPL", "1", "1", "--json").exitError["code"] == "FB-LOT-003")
    let exit = try rows(
      book.run("exit", "AAPL", "1", "1", "--portfolio", "other", "--json"))
    #expect(column("kind", exit) == ["position.exited"])
  }

  @Test("a correction is completed, a void takes back, and the past stays known")
  func correctAndVoid() throws {
    let entry = try rows(
      book.run(
        "correct", "p1", "--set", "price=149.5", "--set", "entry_time=2025-01-09", "--reason",
        "typo", "--json"))
    #expect(entry.first?["data"]?["entry_price"]?.decimal == (try decimal("149.5")))
    #expect(entry.first?["data"]?["quantity"]?.decimal == 100)
    #expect(entry.first?["data"]?["entry_time"] == "2025-01-09T23:59:59.999999999Z")
    let exit = try rows(
      book.run(
        "correct", "p1", "--exit", "x1", "--set", "quantity=50", "--reason", "broker", "--json"))
    #expect(exit.first?["data"]?["exit_price"]?.decimal == 160)
    _ = try rows(book.run("void", "p1", "--exit", "x1", "--reason", "cancelled", "--json"))
    _ = try rows(book.run("void", "p1", "--reason", "entered twice", "--json"))
    let now = try rows(book.run("portfolio", "list", "--json"))
    let then = try rows(book.run("portfolio", "list", "--known-at", "@x1", "--json"))
    #expect(now.first?["num_positions"] == 0)
    #expect(then.first?["num_positions"] == 1)
  }

  @Test("tags are created, given, taken off and listed")
  func tags() throws {
    _ = try rows(book.run("tag", "create", "Hedge", "--tag", "t2", "--json"))
    _ = try rows(book.run("tag", "add", "p1", "growth", "HEDGE", "--json"))
    _ = try rows(book.run("tag", "remove", "p1", "t1", "--json"))
    let listed = try rows(book.run("tag", "list", "--json"))
    #expect(column("name", listed) == ["Hedge", "growth"])
    #expect(listed.map { $0["usage_count"]?.decimal } == [1, 0])
  }

  @Test("cash and prices make what a portfolio is worth")
  func cashAndPrices() throws {
    _ = try rows(book.run("cash", "move", "core", "1000", "--at", "2025-01-05", "--json"))
    let fee = try rows(
      book.run("cash", "move", "core", "-10", "--at", "2025-01-06", "--json"))
    #expect(fee.first?["data"]?["reason"] == "withdrawal")
    _ = try rows(book.run("price", "set", "aapl", "170", "--close", "2025-03-10", "--json"))
    let value = try #require(
      try rows(book.run("portfolio", "--as-of", "2025-03-10", "--json")).first)
    // 1000 - 10 - 100 · 150 + 60 · 160, and 40 · 170
    #expect(value["cash_value"]?.decimal == -4410)
    #expect(value["long_exposure"]?.decimal == 6800)
    #expect(value["total_value"]?.decimal == 2390)
    #expect(value["realized_pnl"]?.decimal == 600)
    _ = try rows(book.run("portfolio", "close", "core", "--json"))
    #expect(try book.run("cash", "move", "core", "1", "--json").status == 65)
  }

  @Test("what is effective later is recorded and said")
  func later() throws {
    let result = try book.run(
      "cash", "move", "core", "1", "--at", "2200-01-01", "--expect", "22", "--actor", "clerk",
      "--json")
    #expect(try rows(result).count == 1)
    let warning = try result.json["warnings"]?.elements.first?.text
    #expect(warning?.contains("still to come") == true)
  }

  private func decimal(_ text: String) throws -> ExactDecimal { try ExactDecimal(text) }
}
