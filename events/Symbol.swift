public enum InstrumentSubject: IdentifierSubject {
  public static let name = "symbol"
  public static let fieldType = PayloadFieldType.symbol

  /// One spelling a thing: options as unpadded OCC symbols without a vendor's `O:`, class shares
  /// with a point. Everything else stays as it is.
  public static func canonical(_ text: String) -> String {
    if let option = OptionSymbol(text) { return option.description }
    return classShare(text) ?? text
  }

  public static func expectation(violatedBy text: String) -> String? {
    isSymbol(text) ? nil : "a symbol of 1 to 30 characters without spaces"
  }

  private static func isSymbol(_ text: String) -> Bool {
    // Nearly all are ASCII, which is quick to see.
    if text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
      return (1...30).contains(text.utf8.count)
    }
    return text.unicodeScalars.count <= 30 && text.utf8.count <= 64
      && text.unicodeScalars.allSatisfy {
        !$0.properties.isWhitespace && $0.properties.generalCategory != .control
      }
  }

  /// `BRK-B` and `BRK/B` as `BRK.B`: one to five capitals, a separator, one capital.
  private static func classShare(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard (3...7).contains(bytes.count), isCapital(bytes[bytes.count - 1]),
      bytes[bytes.count - 2] == 0x2D || bytes[bytes.count - 2] == 0x2F,
      bytes[..<(bytes.count - 2)].allSatisfy(isCapital)
    else { return nil }
    return String(
      decoding: bytes[..<(bytes.count - 2)] + [0x2E, bytes[bytes.count - 1]], as: UTF8.self)
  }
}

/// The name an instrument is traded under: `AAPL`, `BRK.B`, `AAPL240119C00150000`.
public typealias Symbol = Identifier<InstrumentSubject>

extension Identifier where Subject == InstrumentSubject {
  /// The symbol in the one spelling that is kept: `BRK-B` and `BRK/B` become `BRK.B`, a padded OCC
  /// symbol or one with the prefix `O:` the unpadded one.
  public init(normalizing text: String) {
    self.init(rawValue: InstrumentSubject.canonical(text))
  }

  /// The option's terms where this is an OCC symbol.
  public var option: OptionSymbol? { OptionSymbol(rawValue) }
}

func isCapital(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
