import Events
import ExactNumbers
import Interchange
import TestSupport
import Testing

/// The rules of domain/api.md, section 3, as far as the file itself tells.
@Suite struct PositionsFiles {
  private static let header = "ticker,quantity,entry_price,entry_date,tags\n"
  private static let effective = CivilDate(known: "2024-06-28")

  /// A row under the plain header, its code, and words its message must have.
  @Test(
    "each mistake in a row has its code",
    arguments: [
      (",10,5,2024-01-02,", "missing_value", "ticker"),
      ("AAPL,,5,2024-01-02,", "missing_value", "quantity"),
      ("AAPL,10,,2024-01-02,", "missing_value", "entry_price"),
      ("AAPL,10,5,,", "missing_value", "entry_date"),
      ("AAPL,10,5,2024-01-02", "missing_value", "4 fields"),
      ("AAPL,10,5, ,", "missing_value", "entry_date"),
      ("AAPL,10,5,2024-01-02,a,b", "bad_header", "quotes"),
      ("AAPL,\"1,000\",5,2024-01-02,", "bad_number", "thousands"),
      ("AAPL,10,$5,2024-01-02,", "bad_number", "currency"),
      ("AAPL,10,5€,2024-01-02,", "bad_number", "currency"),
      ("AAPL,ten,5,2024-01-02,", "bad_number", "quantity"),
      ("AAPL,+10,5,2024-01-02,", "bad_number", "quantity"),
      ("AAPL,(10),5,2024-01-02,", "bad_number", "quantity"),
      ("AAPL,10,NaN,2024-01-02,", "bad_number", "entry_price"),
      ("AAPL,10,1e400,2024-01-02,", "bad_number", "10^15"),
      ("AAPL,10,0.123456789,2024-01-02,", "bad_number", "9 decimal places"),
      ("AAPL,1234567890.123456,5,2024-01-02,", "bad_number", "16 significant"),
      ("AAPL,99999999,99999999,2024-01-02,", "bad_number", "10^15"),
      ("AAPL,0,5,2024-01-02,", "zero_quantity", "quantity"),
      ("AAPL,-0.00,5,2024-01-02,", "zero_quantity", "quantity"),
      ("AAPL,10,0,2024-01-02,", "nonpositive_price", "entry_price"),
      ("AAPL,-10,-5,2024-01-02,", "nonpositive_price", "shorts"),
      ("AAPL,10,5,01/02/2024,", "bad_date", "YYYY-MM-DD"),
      ("AAPL,10,5,2024-02-30,", "bad_date", "2024-02-30"),
      ("AAPL,10,5,2024-1-2,", "bad_date", "YYYY-MM-DD"),
      ("AAPL,10,5,2024-01-02T00:00:00Z,", "bad_date", "YYYY-MM-DD"),
      ("AAPL,10,5,2024-06-29,", "future_date", "2024-06-28"),
      ("AAPL240230C00150000,1,5,2024-01-02,", "bad_option_symbol", "OCC"),
      ("AAPL240119X00150000,1,5,2024-01-02,", "bad_option_symbol", "OCC"),
      ("AAPL240119C0015000,1,5,2024-01-02,", "bad_option_symbol", "OCC"),
      ("AAPL240119C00000000,1,5,2024-01-02,", "bad_option_symbol", "OCC"),
      ("TOOLONG240119C00150000,1,5,2024-01-02,", "bad_option_symbol", "OCC"),
      ("A APL,1,5,2024-01-02,", "bad_option_symbol", "stock"),
      ("$AAPL,1,5,2024-01-02,", "bad_option_symbol", "stock"),
      ("ÄPL,1,5,2024-01-02,", "bad_option_symbol", "stock"),
      ("AAPL,1,5,2024-01-02,a;b", "bad_tag", "a;b"),
      ("AAPL,1,5,2024-01-02,#hashtag", "bad_tag", "#strategy:"),
      ("AAPL,1,5,2024-01-02,\(String(repeating: "t", count: 51))", "bad_tag", "50"),
      (
        "AAPL,1,5,2024-01-02,\"\((1...21).map { "t\($0)" }.joined(separator: ","))\"",
        "too_many_tags", "21 tags"
      ),
    ] as [(String, String, String)])
  func rowErrors(row: String, code: String, words: String) throws {
    let file = try read(Self.header + "MSFT,1,2,2024-01-02,\n" + row + "\nIBM,1,2,2024-01-02,\n")
    #expect(file.report.errors.map(\.code) == [code])
    #expect(file.report.errors.map(\.row) == [3])
    #expect(file.report.errors.first?.message.contains(words) == true, "\(file.report.errors)")
    #expect(file.positions.map(\.row) == [2, 4])
    #expect(file.report.rows == 3)
    #expect(!file.isRefused)
  }

  @Test(
    "a first row that does not name the columns refuses the file",
    arguments: [
      ("", "empty"), ("\n", "missing"), ("ticker,quantity,entry_price\n", "entry_date"),
      ("AAPL,10,5,2024-01-02\n", "ticker"),
      ("ticker,quantity,entry_price,entry_date,symbol\n", "both"),
      ("ticker;quantity;entry_price;entry_date\n", "ticker"),
      ("ticker,quantity,entry_price,entry_date,tags,TAGS\n", "both"),
    ])
  func headerErrors(text: String, words: String) throws {
    let file = try read(text + "AAPL,10,5,2024-01-02,\n".prefix(text.isEmpty ? 0 : 99))
    #expect(file.report.errors.map(\.code) == ["bad_header"])
    #expect(file.report.errors.first?.message.contains(words) == true, "\(file.report.errors)")
    #expect(file.isRefused)
    #expect(file.positions.isEmpty)
  }

  @Test(
    "columns go by their names, in any case and order, also those of older sheets",
    arguments: [
      ("ticker,quantity,entry_price,entry_date", "AAPL,10,5,2024-01-02"),
      ("TICKER,Quantity,Entry_Price,ENTRY_DATE", "AAPL,10,5,2024-01-02"),
      ("symbol,qty,price,trade date", "AAPL,10,5,2024-01-02"),
      ("Symbol,Qty,Price,Trade Date", "AAPL,10,5,2024-01-02"),
      ("entry_date,ticker,entry_price,quantity", "2024-01-02,AAPL,5,10"),
      (" ticker , quantity , entry_price , entry_date ", " AAPL , 10 , 5 , 2024-01-02 "),
      ("\u{FEFF}ticker,quantity,entry_price,entry_date", "AAPL,10,5,2024-01-02"),
    ])
  func headers(header: String, row: String) throws {
    for end in ["\n", "\r\n"] {
      let file = try read(header + end + row + end)
      #expect(file.report.errors.isEmpty)
      #expect(file.positions.map(\.symbol) == ["AAPL"])
      #expect(file.positions.map(\.quantity) == [10])
      #expect(file.positions.map(\.entryPrice) == [5])
      #expect(file.positions.map(\.entryDate.description) == ["2024-01-02"])
    }
  }

  @Test("columns that mean nothing here are listed by their names")
  func ignoredColumns() throws {
    let file = try read(
      "ticker,Market_Value,quantity,entry_price,entry_date,,pnl\nAAPL,9,10,5,2024-01-02,x,y\n")
    #expect(file.report.ignoredColumns == ["Market_Value", "(column 6)", "pnl"])
    #expect(file.positions.count == 1)
  }

  /// domain/api.md, section 3.1.
  @Test(
    "the type follows from the sign and the option's right",
    arguments: [
      ("AAPL", "1", "LONG"), ("AAPL", "-1", "SHORT"),
      ("AAPL240119C00150000", "1", "LC"), ("AAPL240119C00150000", "-1", "SC"),
      ("AAPL240119P00150000", "1", "LP"), ("AAPL240119P00150000", "-1", "SP"),
    ])
  func types(ticker: String, quantity: String, type: String) throws {
    let file = try read(Self.header + "\(ticker),\(quantity),5,2024-01-02,\n")
    #expect(file.positions.map(\.positionType.rawValue) == [type])
  }

  @Test(
    "a thing has one spelling",
    arguments: [
      ("BRK-B", "BRK.B"), ("BRK/B", "BRK.B"), ("BRK.B", "BRK.B"), ("brk-b", "BRK.B"),
      ("FXNAX", "FXNAX"), ("^VIX", "^VIX"), ("BTC-USD", "BTC-USD"), ("0700.HK", "0700.HK"),
      ("O:AAPL240119C00150000", "AAPL240119C00150000"),
      ("AAPL  240119C00150000", "AAPL240119C00150000"),
      ("F250117C00012000", "F250117C00012000"), ("AAPL1240119C00150000", "AAPL1240119C00150000"),
    ])
  func spellings(text: String, symbol: String) throws {
    let file = try read(Self.header + "\(text),1,5,2024-01-02,\n")
    #expect(file.positions.map(\.symbol.rawValue) == [symbol])
  }

  @Test("lower case, adjusted contracts and expired options are worth a warning")
  func warnings() throws {
    let file = try read(
      Self.header + "aapl,1,5,2024-01-02,\nAAPL1240119C00150000,1,5,2024-01-02,\n"
        + "AAPL240119C00150000,1,5,2024-01-22,\n")
    #expect(
      file.report.warnings.map(\.code) == [
        "ticker_respelled", "adjusted_contract", "expired_option",
      ])
    #expect(file.report.warnings.map(\.row) == [2, 3, 4])
    #expect(file.positions.count == 3)
  }

  @Test(
    "tags are names between commas, each once, from both columns",
    arguments: [
      ("", []), ("a", ["a"]), ("\"a,b\"", ["a", "b"]), ("\" a , b ,,\"", ["a", "b"]),
      ("\"Core,core,CORE\"", ["Core"]), ("#strategy:pairs-trade", ["#strategy:pairs-trade"]),
      ("Core Holdings", ["Core Holdings"]),
    ] as [(String, [String])])
  func tags(cell: String, expected: [String]) throws {
    let file = try read(Self.header + "AAPL,1,5,2024-01-02,\(cell)\n")
    #expect(file.positions.map(\.tags) == [expected])
    let both = try read(
      "ticker,quantity,entry_price,entry_date,strategy,tags\nAAPL,1,5,2024-01-02,zz,\(cell)\n")
    #expect(both.positions.map(\.tags) == [expected + ["zz"]])
  }

  @Test(
    "a blank row inside is an error, blank rows at the end are not", arguments: ["", ",,,,", " "])
  func blankRows(blank: String) throws {
    let row = "AAPL,1,5,2024-01-02,\n"
    let inside = try read(Self.header + row + blank + "\n" + row)
    #expect(inside.report.errors.map(\.code) == ["missing_value"])
    #expect(inside.report.errors.map(\.row) == [3])
    let atEnd = try read(Self.header + row + row + blank + "\n" + blank + "\n")
    #expect(atEnd.report.errors.isEmpty)
    #expect(atEnd.report.rows == 2)
  }

  @Test("10 000 rows are taken, 10 001 refuse the file")
  func rowLimit() throws {
    let row = "AAPL,1,5,2024-01-02,\n"
    let most = try read(Self.header + String(repeating: row, count: 10_000))
    #expect(most.positions.count == 10_000)
    let more = try read(Self.header + String(repeating: row, count: 10_001))
    #expect(more.report.errors.map(\.code) == ["too_many_rows"])
    #expect(more.isRefused && more.positions.isEmpty)
  }

  @Test("more than 10 MB refuse the file", arguments: [true, false])
  func sizeLimit(isSizeKnown: Bool) throws {
    let note = String(repeating: "x", count: 2_000)
    let text =
      "ticker,quantity,entry_price,entry_date,note\n"
      + String(repeating: "AAPL,1,5,2024-01-02,\(note)\n", count: 4_960)
    #expect(text.utf8.count > 10_000_000)
    let input = ByteInput(
      bytes: Array(text.utf8), name: "memory", isSizeKnown: isSizeKnown)
    let file = try PositionsFile(input, effective: Self.effective)
    #expect(file.report.errors.map(\.code) == ["file_too_large"])
    #expect(file.isRefused && file.positions.isEmpty)
    #expect(isSizeKnown == (input.offset == 0))
  }

  @Test("the demo portfolio of the reference is read whole")
  func demo() throws {
    let file = try read(
      """
      ticker,quantity,entry_price,entry_date,tags
      NVDA,800,700.00,2024-01-05,long_momentum
      BRK.B,600,440.00,2024-01-16,long_momentum
      NFLX,-600,490.00,2024-01-25,short_value_traps
      SPY250919C00560000,200,7.00,2024-01-10,options_overlay
      AAPL250815P00200000,-100,4.50,2024-01-22,options_overlay

      """)
    #expect(file.report.errors.isEmpty)
    #expect(file.positions.map(\.positionType) == [.long, .long, .short, .longCall, .shortPut])
    let put = try #require(file.positions.last)
    #expect(put.option?.strike == 200)
    #expect(put.option?.expiration.description == "2025-08-15")
    #expect(try put.cost().description == "-45000")
  }

  @Test("rows made of anything are taken or refused, row by row, and never trap")
  func noise() throws {
    let pieces = [
      "AAPL", "brk-b", "AAPL240119C00150000", "1", "-1", "0", "1e5", "5.25", "2024-01-02",
      "2024-13-01",
      "", "tag", "\"a,b\"", "\"", "é", "$5", "NaN", " ", "9999999999999999",
    ]
    for seed in UInt64(1)...300 {
      var random = SeededGenerator(seed: seed)
      var text = Self.header
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        text +=
          (0..<Int.random(in: 1...6, using: &random))
          .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }
          .joined(separator: ",") + "\n"
      }
      guard let file = try? read(text) else { continue }
      #expect(
        file.positions.count + file.report.errorCount == file.report.rows, "seed \(seed): \(text)")
    }
  }

  private func read(_ text: some StringProtocol) throws -> PositionsFile {
    try PositionsFile(
      ByteInput(bytes: Array(text.utf8), name: "memory"), effective: Self.effective)
  }
}
