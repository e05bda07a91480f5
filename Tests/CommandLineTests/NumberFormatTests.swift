import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

@testable import foldbook_cli

@Suite struct NumbersForPeople {
  @Test(
    "numbers are rounded half to even as they are written, in groups of three",
    arguments: [
      ("1234567.885", NumberFormat.places(2), "1,234,567.88"),
      ("1234567.895", .places(2), "1,234,567.90"), ("0.125", .places(2), "0.12"),
      ("0.1251", .places(2), "0.13"), ("999.999", .places(2), "1,000.00"),
      ("-0.004", .places(2), "0.00"), ("-0.006", .places(2), "-0.01"), ("0", .places(2), "0.00"),
      ("5", .places(0), "5"), ("0.5", .places(0), "0"), ("1.5", .places(0), "2"),
      ("0.0049", .places(2), "0.00"), ("9.5e-05", .places(4), "0.0001"),
      ("1.5e3", .places(1), "1,500.0"), ("-1e-320", .places(3), "0.000"),
      ("12345.6", .grouped, "12,345.6"), ("-100", .grouped, "-100"), ("1000", .grouped, "1,000"),
      ("2e6", .grouped, "2,000,000"), ("0", .grouped, "0"),
      ("0.123456", .percent(2), "12.35"), ("-0.5", .percent(0), "-50"), ("1", .percent(1), "100.0"),
      ("0.00004", .percent(2), "0.00"), ("12.50", .exact, "12.50"),
      ("12345678901234567.8901", .places(2), "12,345,678,901,234,567.89"),
    ])
  func texts(number: String, format: NumberFormat, expected: String) throws {
    #expect(format.text(of: try JSONValue(parsing: number)) == expected)
  }

  @Test("what is not known is a dash, and a text stays one")
  func others() {
    #expect(NumberFormat.places(2).text(of: .null) == "–")
    #expect(NumberFormat.places(2).text(of: "none") == "none")
    #expect(NumberFormat.exact.text(of: ["a", "b"]) == "a,b")
    #expect(NumberFormat.beginning(4).text(of: "0123456789") == "0123")
  }

  @Test("rounding agrees with exact money")
  func money() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<500 {
      let units = Int128(generator.next() % 4_000_000_000_000) - 2_000_000_000_000
      let text = NumberFormat.places(2).text(of: .scaled(Money(units: units)))
      let cents = dividedHalfEven(units, by: 100)
      let expected = Money(units: cents * 100).description
      let plain = text.replacing(",", with: "")
      let decimal = try ExactDecimal(plain)
      #expect(decimal == (try ExactDecimal(expected)), "\(units)")
      #expect(plain.split(separator: ".").last?.count == 2)
    }
  }

  @Test("a fraction times a hundred keeps its digits")
  func hundredfolds() throws {
    #expect(
      hundredfold(.scaled(Proportion(units: -1_234_567_891)))
        == (try JSONValue(parsing: "-12.34567891")))
    #expect(hundredfold(1) == 100)
    #expect(hundredfold(.null) == .null)
  }

  @Test("bars are as long as their numbers, and have an axis where some are below zero")
  func bars() {
    let above = BarScale([1, 2, .null])
    #expect(above.text(of: 2) == String(repeating: "█", count: 12))
    #expect(above.text(of: 1) == String(repeating: "█", count: 6))
    #expect(above.text(of: .null).isEmpty)
    let both = BarScale([-4, 2])
    #expect(both.text(of: -4) == String(repeating: "█", count: 12) + "│")
    #expect(
      both.text(of: 2) == String(repeating: " ", count: 12) + "│" + String(repeating: "█", count: 6)
    )
    #expect(displayWidth(both.text(of: -1)) == 13)
    #expect(BarScale([0]).text(of: 0).isEmpty)
    #expect(BarScale([1_000_000, 1]).text(of: 1) == "▏")
  }

  @Test("a line of blocks goes from the lowest to the highest number")
  func lines() {
    #expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8]) == "▁▂▃▄▅▆▇█")
    #expect(sparkline([2, nil, 2]) == "▄ ▄")
    #expect(sparkline([nil]).isEmpty && sparkline([]).isEmpty)
    #expect(sparkline((0..<1_000).map(Double.init), width: 10).count == 10)
  }
}
