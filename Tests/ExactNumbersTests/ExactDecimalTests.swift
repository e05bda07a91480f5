import ExactNumbers
import TestSupport
import Testing

@Suite struct ExactDecimalReading {
  @Test(
    "a decimal is read from its digits and printed in its shortest exact form",
    arguments: [
      ("0", "0"), ("-0", "0"), ("0.0", "0"), ("1", "1"), ("-1", "-1"), ("12.5", "12.5"),
      ("12.500000000000", "12.5"), ("0.00000001", "0.00000001"), ("-0.25", "-0.25"),
      ("1e3", "1000"), ("1E+3", "1000"), ("1.5e-3", "0.0015"), ("1500e-5", "0.015"),
      ("999999999999999", "999999999999999"), ("123456789012345", "123456789012345"),
      ("1234567.12345678", "1234567.12345678"), ("100000000000000e0", "100000000000000"),
      ("0.1e1", "1"), ("0e999999999999", "0"), ("10e-9", "0.00000001"), ("1.10", "1.1"),
      ("0.000000010000000000000000000000000000", "0.00000001"),
      ("1000000000000000000000e-10", "100000000000"),
    ])
  func reads(text: String, printed: String) throws {
    #expect(try ExactDecimal(text).description == printed)
  }

  @Test(
    "what is not a decimal, or is too fine or too large, is refused and never rounded",
    arguments: [
      ("", NumberError.empty), ("-", .malformed(offset: 1)), ("+1", .malformed(offset: 0)),
      ("01", .malformed(offset: 0)), ("-01", .malformed(offset: 1)), ("1.", .malformed(offset: 2)),
      (".5", .malformed(offset: 0)), ("1e", .malformed(offset: 2)), ("1e+", .malformed(offset: 3)),
      ("NaN", .malformed(offset: 0)), ("Infinity", .malformed(offset: 0)),
      ("1,000", .malformed(offset: 1)), ("$5", .malformed(offset: 0)),
      ("1 ", .malformed(offset: 1)),
      ("1.123456789", .tooManyPlaces(found: 9)), ("1e-9", .tooManyPlaces(found: 9)),
      ("1234567890123456", .tooLarge), ("1e15", .tooLarge), ("1e400", .tooLarge),
      ("99999999.99999999", .tooManyDigits(found: 16)),
      ("1e99999999999999999999999999", .tooLarge),
      ("1e-99999999999999999999999999", .tooManyPlaces(found: 1 << 40)),
      ("１２", .malformed(offset: 0)),
    ])
  func refuses(text: String, error: NumberError) {
    #expect(throws: error) { try ExactDecimal(text) }
  }

  @Test("text and value survive each other, and the double gives the decimal back")
  func roundTrip() throws {
    let seed: UInt64 = 20_250_630
    var random = SeededGenerator(seed: seed)
    for round in 0..<20_000 {
      let digits = Int.random(in: 1...15, using: &random)
      let limit = powerOfTen(digits) - 1
      let coefficient = Int64.random(in: -limit...limit, using: &random)
      let places = Int.random(in: 0...8, using: &random)
      let decimal = try ExactDecimal(coefficient: coefficient, places: places)
      #expect(try ExactDecimal(decimal.description) == decimal, "seed \(seed), round \(round)")
      let quantity = Quantity(decimal)
      #expect(try quantity.exactDecimal() == decimal, "seed \(seed), round \(round)")
      #expect(quantity.doubleValue == decimal.doubleValue, "seed \(seed), round \(round)")
      // Swift prints the shortest text that reads back to the same double.
      #expect(Double(decimal.description) == decimal.doubleValue, "seed \(seed), round \(round)")
    }
  }

  @Test("decimals are ordered by value, whatever their places")
  func ordering() throws {
    let ascending = ["-10", "-2.5", "-0.00000001", "0", "0.00000001", "0.1", "1", "1.05", "10"]
    let values = try ascending.map { try ExactDecimal($0) }
    #expect(values.shuffled().sorted() == values)
  }
}

@Suite struct ScaledArithmetic {
  @Test(
    "a quotient half-way between two whole numbers goes to the even one",
    arguments: [
      (5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (1, 2, 0), (3, 2, 2), (-1, 2, 0),
      (4, 3, 1), (5, 3, 2), (-4, 3, -1), (-5, 3, -2), (6, 3, 2), (0, 7, 0),
      (25, 10, 2), (35, 10, 4), (26, 10, 3), (24, 10, 2),
    ])
  func halfEven(numerator: Int, denominator: Int, expected: Int) {
    #expect(dividedHalfEven(Int128(numerator), by: Int128(denominator)) == Int128(expected))
  }

  @Test(
    "quantity times price times multiplier is rounded once, to four places",
    arguments: [
      // calculations.md, the tiny book (C-01).
      ("100", "160", 1, "16000"), ("-50", "390", 1, "-19500"), ("10", "7.20", 100, "7200"),
      ("-5", "6", 100, "-3000"),
      // Half-way cases at the fourth place.
      ("0.5", "0.0001", 1, "0"), ("1.5", "0.0001", 1, "0.0002"), ("-0.5", "0.0003", 1, "-0.0002"),
      ("0.00000001", "0.00000001", 1, "0"),
    ])
  func products(quantity: String, price: String, multiplier: Int64, money: String) throws {
    let product = try Money(
      Quantity(ExactDecimal(quantity)), at: Price(ExactDecimal(price)), multiplier: multiplier)
    #expect(product.description == money)
  }

  @Test("what does not fit is an error, never a wrap")
  func overflow() throws {
    let largest = Quantity(units: .max)
    #expect(throws: NumberError.self) { try largest + Quantity(units: 1) }
    #expect(throws: NumberError.self) { try -largest - Quantity(units: 2) }
    #expect(throws: NumberError.self) { try Money(largest, at: Price(units: 100_000_000)) }
    #expect(throws: NumberError.self) {
      try largest.multiplied(by: Ratio(2, over: 1))
    }
    #expect(throws: NumberError.self) { try Money(units: .max).exactDecimal() }
  }

  @Test(
    "a split multiplies quantities and divides prices",
    arguments: [
      // quantity, price, ratio, denominator, quantity after, price after
      ("100", "88.99", "2", "1", "200", "44.495"), ("1000", "1.5", "1", "10", "100", "15"),
      ("100", "10", "3", "2", "150", "6.66666667"), ("1", "1", "1", "3", "0.33333333", "3"),
    ])
  func splits(
    quantity: String, price: String, ratio: String, denominator: String, quantityAfter: String,
    priceAfter: String
  ) throws {
    let split = Ratio(try ExactDecimal(ratio), over: try ExactDecimal(denominator))
    #expect(
      try Quantity(ExactDecimal(quantity)).multiplied(by: split).description == quantityAfter)
    #expect(
      try Price(ExactDecimal(price)).multiplied(by: split.inverse).description == priceAfter)
  }

  @Test("ratios multiply in lowest terms, so only a result too large overflows")
  func ratios() throws {
    var product = Ratio.one
    let third = Ratio(3, over: 7)
    for _ in 0..<1_000 { product = try product * third * third.inverse }
    #expect(product == .one)
    #expect(throws: NumberError.self) {
      var growing = Ratio(3, over: 1)
      for _ in 0..<10 { growing = try growing * growing }
    }
  }
}
