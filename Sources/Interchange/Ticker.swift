import Events

/// What stands in a file's ticker column, in the ledger's one spelling: capitals, class shares as
/// `BRK.B`, options as unpadded OCC symbols.
struct Ticker: Hashable {
  let symbol: Symbol
  let option: OptionSymbol?
  /// Lower case was taken for capitals. The other spellings are too common to be worth a word.
  let wasRespelled: Bool

  /// Null for what is neither a stock's nor an option's symbol.
  init?(_ text: String) {
    let capitals = String(
      decoding: text.utf8.map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 }, as: UTF8.self)
    wasRespelled = capitals != text
    if let option = OptionSymbol(capitals) {
      self.option = option
      symbol = Symbol(option.description)
      return
    }
    guard Self.isStock(capitals) else { return nil }
    option = nil
    symbol = Symbol(normalizing: capitals)
  }

  private static let charactersMax = 30

  /// Letters and digits with the marks that classes, indices, pairs and futures are written with.
  /// Six digits in a row are an expiration date: an option's symbol with a mistake in it, which
  /// must not become a stock.
  private static func isStock(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (1...charactersMax).contains(bytes.count), let first = bytes.first,
      isCapitalOrDigit(first) || first == 0x5E
    else { return false }
    var digitsInARow = 0
    for byte in bytes {
      digitsInARow = byte &- 0x30 < 10 ? digitsInARow + 1 : 0
      let isAllowed = isCapitalOrDigit(byte) || [0x2D, 0x2E, 0x2F, 0x3D, 0x5E].contains(byte)
      guard isAllowed, digitsInARow < 6 else { return false }
    }
    return true
  }

  private static func isCapitalOrDigit(_ byte: UInt8) -> Bool {
    byte &- 0x41 < 26 || byte &- 0x30 < 10
  }
}
