import Events
import ExactNumbers
import Testing

@Suite struct Symbols {
  static let options:
    [(text: String, root: String, expiration: String, right: OptionRight, strike: String)] = [
      // domain/api.md 3.1 and section 7.
      ("AAPL240119C00150000", "AAPL", "2024-01-19", .call, "150"),
      ("F250117C00012000", "F", "2025-01-17", .call, "12"),
      ("SPY250919C00560000", "SPY", "2025-09-19", .call, "560"),
      ("META250919P00450000", "META", "2025-09-19", .put, "450"),
      ("AAPL  240119C00150000", "AAPL", "2024-01-19", .call, "150"),
      ("O:AAPL240119C00150000", "AAPL", "2024-01-19", .call, "150"),
      ("AAPL1240119C00150000", "AAPL1", "2024-01-19", .call, "150"),
      ("BRK.B240119P00347500", "BRK.B", "2024-01-19", .put, "347.5"),
      ("SPXW991231P99999999", "SPXW", "2099-12-31", .put, "99999.999"),
      ("X240229C00000001", "X", "2024-02-29", .call, "0.001"),
    ]

  @Test("an OCC symbol says its terms", arguments: options)
  func option(
    text: String, root: String, expiration: String, right: OptionRight, strike: String
  ) throws {
    let option = try #require(OptionSymbol(text))
    #expect(option.root == root && option.right == right)
    #expect(option.expiration.description == expiration)
    #expect(option.strike.description == strike)
    let unpadded = text.split(separator: " ").joined().replacing("O:", with: "")
    #expect(option.description == unpadded)
    #expect(Symbol(normalizing: text).rawValue == unpadded)
    #expect(OptionSymbol(option.description) == option)
  }

  @Test(
    "what is no OCC symbol is no option",
    arguments: [
      "AAPL", "", "AAPL240119X00150000", "AAPL230229C00150000", "AAPL241319C00150000",
      "AAPL240119C0015000", "240119C00150000", "ABCDEFG240119C00150000", "aapl240119C00150000",
      "1AAPL240119C00150000", "AAPL240119C0015000A", "AAPL240119C00000000", "O:240119C00150000",
      "AAPL240119C00150000 ", " AAPL240119C00150000",
    ])
  func noOption(text: String) {
    #expect(OptionSymbol(text) == nil)
    #expect(Symbol(text).option == nil)
  }

  @Test("an adjusted contract is on the root without its mark") func adjusted() throws {
    let adjusted = try #require(OptionSymbol("AAPL1240119C00150000"))
    #expect(adjusted.isAdjusted && adjusted.underlying == "AAPL")
    let plain = try #require(OptionSymbol("BRK.B240119C00150000"))
    #expect(!plain.isAdjusted && plain.underlying == "BRK.B")
  }

  @Test(
    "class shares have one spelling, other symbols stay",
    arguments: [
      ("BRK-B", "BRK.B"), ("BRK/B", "BRK.B"), ("BRK.B", "BRK.B"), ("A-B", "A.B"),
      ("BTC-USD", "BTC-USD"), ("EUR/USD", "EUR/USD"), ("AAPL", "AAPL"), ("brk-b", "brk-b"),
      ("ABCDEF-B", "ABCDEF-B"), ("-B", "-B"), ("^GSPC", "^GSPC"), ("O:AAPL", "O:AAPL"),
    ])
  func classShares(text: String, symbol: String) {
    #expect(Symbol(normalizing: text).rawValue == symbol)
  }

  @Test("ids are equal and ordered by their bytes") func bytes() {
    let composed = TagID("\u{E9}")
    let decomposed = TagID("e\u{301}")
    #expect(composed != decomposed && decomposed < composed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(TagID("a") < TagID("b") && TagID("Z") < TagID("a"))
  }
}
