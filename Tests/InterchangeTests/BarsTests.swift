import Events
import ExactNumbers
import Interchange
import Records
import TestSupport
import Testing

@Suite struct DailyBars {
  private static let header = "symbol,date,open,high,low,close,volume\n"

  @Test("a row becomes one bar, effective at the end of its day")
  func bar() throws {
    let (events, report) = try read(
      Self.header + "AAPL,2000-03-01,118.56,132.06,118.5,130.31,9616100\n")
    let event = try #require(events.first)
    #expect(event.effective.description == "2000-03-01T23:59:59.999999999Z")
    #expect(event.source == "/imports/bars-csv/prices.csv")
    #expect(event.id == .minted(occurrence: 0))
    guard case .priceClosed(let bar) = event.payload else {
      Issue.record("another kind than expected: \(event)")
      return
    }
    #expect(bar.symbol == "AAPL" && bar.date.description == "2000-03-01")
    #expect(bar.open?.description == "118.56" && bar.high?.description == "132.06")
    #expect(bar.low?.description == "118.5" && bar.close.description == "130.31")
    #expect(bar.volume == 9_616_100)
    #expect(report.rows == 1 && report.errorCount == 0)
  }

  @Test(
    "columns may be missing, more, in any order; a time column says when the session closed",
    arguments: [
      ("symbol,date,close\nA,2000-03-01,5\n", "2000-03-01T23:59:59.999999999Z", []),
      ("CLOSE,Symbol,Date\n5,A,2000-03-01\n", "2000-03-01T23:59:59.999999999Z", []),
      (
        "ticker,date,close,adj_close\nA,2000-03-01,5,4.1\n", "2000-03-01T23:59:59.999999999Z",
        ["adj_close"]
      ),
      ("symbol,date,time,close\nA,2000-03-01,2000-03-01T21:00:00Z,5\n", "2000-03-01T21:00:00Z", []),
      ("symbol,date,time,close\nA,2000-03-01,,5\n", "2000-03-01T23:59:59.999999999Z", []),
      ("symbol,date,open,close\nA,2000-03-01,,5\n", "2000-03-01T23:59:59.999999999Z", []),
    ] as [(String, String, [String])])
  func columns(text: String, effective: String, ignored: [String]) throws {
    let (events, report) = try read(text)
    #expect(events.map(\.effective.description) == [effective])
    #expect(report.ignoredColumns == ignored)
  }

  @Test(
    "each mistake in a row has its code",
    arguments: [
      (",2000-03-01,1,1,1,1,1", "missing_value"), ("A,,1,1,1,1,1", "missing_value"),
      ("A,2000-03-01,1,1,1,,1", "missing_value"), ("A,2000-03-01,1", "missing_value"),
      ("A,2000-03-01,1,1,1,1,1,1", "ragged_row"), ("A B,2000-03-01,1,1,1,1,1", "bad_symbol"),
      ("A,03/01/2000,1,1,1,1,1", "bad_date"), ("A,2000-02-30,1,1,1,1,1", "bad_date"),
      ("A,2000-03-01,x,1,1,1,1", "bad_number"), ("A,2000-03-01,1,1,1,1e400,1", "bad_number"),
      ("A,2000-03-01,1,1,1,1,1.5", "bad_number"), ("A,2000-03-01,1,1,1,1,-5", "bad_number"),
      ("A,2000-03-01,1,1,1,0.123456789,", "bad_number"),
      ("A,2000-03-01,1,1,1,0,1", "nonpositive_price"),
      ("A,2000-03-01,1,1,-1,1,1", "nonpositive_price"),
      ("A,2000-03-01,1,1,2,1,1", "inconsistent_bar"),
      ("A,2000-03-01,5,4,1,2,1", "inconsistent_bar"),
      ("A,2000-03-01,1,4,1,5,1", "inconsistent_bar"),
      ("A,2000-03-01,1,9,2,5,1", "inconsistent_bar"),
    ])
  func rowErrors(row: String, code: String) throws {
    let good = "IBM,2000-03-01,1,1,1,1,1\n"
    let (events, report) = try read(Self.header + good + row + "\n" + good)
    #expect(report.errors.map(\.code) == [code], "\(report.errors)")
    #expect(report.errors.map(\.row) == [3])
    #expect(events.count == 2 && report.rows == 3)
  }

  @Test(
    "a first row that does not name the columns gives no events",
    arguments: [
      "", "\n", "AAPL,2000-03-01,1,1,1,1,1\n", "symbol,date\n", "symbol,date,close,close\n",
    ])
  func headerErrors(text: String) throws {
    let (events, report) = try read(text + "A,2000-03-01,1\n".prefix(text.isEmpty ? 0 : 99))
    #expect(events.isEmpty)
    #expect(report.errors.map(\.code) == ["bad_header"])
  }

  @Test("errors are counted without end, and kept up to a limit")
  func manyErrors() throws {
    let count = ImportReport.issuesMax + 5
    let (_, report) = try read(Self.header + String(repeating: "A,x,1,1,1,1,1\n", count: count))
    #expect(report.errorCount == count)
    #expect(report.errors.count == ImportReport.issuesMax)
  }

  @Test(
    "the form of a file is told by its beginning",
    arguments: [
      ("{\"specversion\":\"1.0\"}\n", .cloudEvents), ("\n \u{FEFF}", nil), ("", nil),
      ("\u{FEFF}{\"a\":1}", .cloudEvents), ("  {}", .cloudEvents),
      ("symbol,date,open,high,low,close,volume\n", .barsCSV), ("Ticker,Date,Close\n", .barsCSV),
      ("ticker,quantity,entry_price,entry_date,tags\n", .positionsCSV),
      ("Symbol,Qty,Price,Trade Date\n", .positionsCSV), ("ticker,quantity\n", .positionsCSV),
      ("date,usd_per_barrel\n", nil), ("[{}]", nil), ("PK\u{03}\u{04}", nil), ("%PDF-1.7", nil),
      ("hello", nil),
    ] as [(String, ImportFormat?)])
  func detection(text: String, format: ImportFormat?) throws {
    let input = ByteInput(bytes: Array(text.utf8), name: "memory", chunkBytesMax: 3)
    #expect((try? ImportFormat.detect(input)) == format)
    #expect(input.offset == 0)
  }

  private func read(_ text: some StringProtocol) throws -> (events: [Event], report: ImportReport) {
    var reader = try BarsReader(
      ByteInput(bytes: Array(text.utf8), name: "memory"),
      origin: BarsReader.Origin(source: ImportFormat.barsCSV.source(file: "prices.csv")))
    var events: [Event] = []
    while let event = try reader.next() { events.append(event) }
    return (events, reader.report)
  }
}
