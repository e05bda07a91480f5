public import ExactNumbers

/// A listed option's terms, as its OCC symbol says them: `AAPL240119C00150000`.
public struct OptionSymbol: Hashable, Sendable {
  /// 1 to 6 characters. Of an adjusted contract it ends in a digit: `AAPL1`.
  public let root: String
  public let expiration: CivilDate
  public let right: OptionRight
  /// Currency per share of the underlying.
  public let strike: ExactDecimal

  /// Reads `root YYMMDD C|P strike × 1000 in 8 digits`, unpadded or with spaces behind the root,
  /// with or without a vendor's `O:` before it. Years are 2000 to 2099.
  ///
  /// Null for any other text, and where the calendar has no such day.
  public init?(_ text: String) {
    // Nearly every symbol is a stock's: that is quick to see.
    guard text.utf8.count >= 16 else { return nil }
    var bytes = Array(text.utf8)[...]
    if bytes.starts(with: [0x4F, 0x3A]) { bytes = bytes.dropFirst(2) }
    guard bytes.count >= 16 else { return nil }
    let terms = bytes.suffix(15)
    var root = bytes.dropLast(15)
    while root.last == 0x20 { root = root.dropLast() }
    guard let first = root.first, isCapital(first), root.count <= 6,
      root.allSatisfy({ isCapital($0) || $0 &- 0x30 < 10 || $0 == 0x2E }),
      let day = number(terms.prefix(6)),
      let expiration = CivilDate(
        year: 2000 + day / 10_000, month: day / 100 % 100, day: day % 100),
      let thousandths = number(terms.suffix(8)), thousandths > 0,
      let strike = try? ExactDecimal(coefficient: Int64(thousandths), places: 3)
    else { return nil }
    switch terms[terms.startIndex + 6] {
    case 0x43: right = .call
    case 0x50: right = .put
    default: return nil
    }
    self.root = String(decoding: root, as: UTF8.self)
    self.expiration = expiration
    self.strike = strike
  }

  /// Whether the exchange has changed what a contract delivers, so that 100 shares of the root
  /// cannot be assumed.
  public var isAdjusted: Bool { root.utf8.last.map { $0 &- 0x30 < 10 } ?? false }

  /// What it is an option on: the root without the mark of an adjusted contract.
  public var underlying: Symbol {
    isAdjusted && root.utf8.count > 1 ? Symbol(String(root.dropLast())) : Symbol(root)
  }
}

extension OptionSymbol: CustomStringConvertible {
  /// The unpadded OCC symbol.
  public var description: String {
    let (year, month, day) = expiration.components
    let date = (year % 100) * 10_000 + month * 100 + day
    // Three places at most: that is how it was read.
    let thousandths = strike.coefficient * powerOfTen(3 - Int(strike.places))
    return root + digits(date, 6) + (right == .call ? "C" : "P") + digits(Int(thousandths), 8)
  }
}

private func number(_ bytes: ArraySlice<UInt8>) -> Int? {
  var value = 0
  for byte in bytes {
    guard byte &- 0x30 < 10 else { return nil }
    value = value * 10 + Int(byte &- 0x30)
  }
  return value
}

private func digits(_ value: Int, _ width: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
