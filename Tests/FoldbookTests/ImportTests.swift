import Events
import ExactNumbers
import Foldbook
import Foundation
import Interchange
import Portfolio
import Records
import TestSupport
import Testing

@Suite struct ImportingFiles {
  private let folder: TemporaryFolder
  private let book: Book

  init() throws {
    folder = try TemporaryFolder()
    book = try Book.create(at: folder.path + "/book")
    try book.append([
      event(
        "open", "2024-01-02T09:00:00Z",
        .portfolioOpened(PortfolioOpened(portfolio: "growth", name: "Growth")))
    ])
  }

  private func bringIn(
    _ name: String, _ text: String, skipsInvalidRows: Bool = false
  ) throws -> ImportOutcome {
    let path = folder.path + "/" + name
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    var request = FileImport(path: path, effective: CivilDate(year: 2024, month: 3, day: 1)!)
    request.portfolio = "growth"
    request.skipsInvalidRows = skipsInvalidRows
    return try book.bringIn(request)
  }

  private func close() throws -> ExactDecimal? {
    var cursor = book.events(EventFilter(symbols: ["XX"]))
    var close: ExactDecimal?
    while let event = try cursor.next() {
      if case .priceClosed(let bar) = event.payload { close = bar.close }
    }
    return close
  }

  @Test("a bar that goes back to an earlier value restates; one that stands there changes nothing")
  func restated() throws {
    func bars(_ close: String) -> String { "symbol,date,close\nXX,2024-02-05,\(close)\n" }
    for (value, appended) in [
      ("11", 1), ("11", 0), ("11.75", 1), ("11", 1), ("11", 0), ("11.75", 1),
    ] {
      let outcome = try bringIn("bars.csv", bars(value))
      #expect(outcome.outcome?.appended == appended)
      #expect(try close() == ExactDecimal(value))
    }
  }

  @Test("a file that contradicts itself about a day is refused with both rows")
  func contradiction() throws {
    let outcome = try bringIn(
      "bars.csv", "symbol,date,close\nXX,2024-02-05,11\nXX,2024-02-05,11\nXX,2024-02-05,12\n")
    #expect(outcome.outcome == nil)
    #expect(outcome.report.errors.map(\.code) == ["conflicting_bar"])
    #expect(outcome.report.errors.first?.row == 4)
    #expect(book.head.rawValue == 1)
  }

  @Test("a file of positions with skipped rows is taken once, and again without a change")
  func skipped() throws {
    let text =
      "ticker,quantity,entry_price,entry_date\nAAPL,10,150,2024-01-10\nMSFT,0,1,2024-01-10\n"
    let first = try bringIn("positions.csv", text, skipsInvalidRows: true)
    #expect(first.report.created == 1)
    #expect(first.outcome?.appended == 2)
    let again = try bringIn("positions.csv", text, skipsInvalidRows: true)
    #expect(again.report.unchanged == 1)
    #expect(again.outcome?.appended == 0)
    let refused = try bringIn("positions.csv", text)
    #expect(refused.outcome == nil)
  }
}
