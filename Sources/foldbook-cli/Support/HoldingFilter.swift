import Events

/// Which holdings an answer is about: `tag:hedge type:SC underlying:AAPL`.
///
/// Terms of one key are alternatives; of different keys all must hold. A value with spaces stands
/// in double quotes: `tag:"Core Holdings"`.
struct HoldingFilter: Hashable, Sendable {
  enum Key: String, CaseIterable { case tag, type, underlying, symbol, strategy }

  private(set) var terms: [Key: [String]] = [:]

  static let all = HoldingFilter()

  private init() {}

  /// - Throws: ``CommandFailure`` that names the term and what it can be.
  init(_ text: String) throws(CommandFailure) {
    for term in try Self.terms(of: text) {
      guard let colon = term.firstIndex(of: ":") else {
        throw .usage("'\(term)' in --where: expected KEY:VALUE with one of the keys \(Self.keys)")
      }
      let name = String(term[..<colon])
      let value = String(term[term.index(after: colon)...])
      guard let key = Key(rawValue: name == "ticker" ? "symbol" : name) else {
        throw .usage("there is no key '\(name)' in --where: expected one of \(Self.keys)")
      }
      guard !value.isEmpty else { throw .usage("'\(term)' in --where has no value") }
      terms[key, default: []].append(try Self.value(value, of: key))
    }
  }

  /// What of a holding is looked at.
  struct Holding {
    var symbol: Symbol
    /// Of an option; null for what is held itself.
    var underlying: Symbol?
    var type: PositionType
    /// Names.
    var tags: [String]
    /// Names of the strategy groups it is in.
    var strategies: [String] = []
  }

  func matches(_ holding: Holding) -> Bool {
    terms.allSatisfy { key, values in
      switch key {
      case .tag: !Self.folded(values).isDisjoint(with: Self.folded(holding.tags))
      case .strategy: !Self.folded(values).isDisjoint(with: Self.folded(holding.strategies))
      case .type: values.contains(holding.type.rawValue)
      case .symbol: values.contains(holding.symbol.rawValue)
      case .underlying: values.contains((holding.underlying ?? holding.symbol).rawValue)
      }
    }
  }

  private static var keys: String { Key.allCases.map(\.rawValue).joined(separator: ", ") }

  /// Tags and strategies go by name in any case.
  private static func folded(_ names: [String]) -> Set<String> {
    Set(names.map { $0.lowercased() })
  }

  private static func value(_ text: String, of key: Key) throws(CommandFailure) -> String {
    switch key {
    case .tag, .strategy: return text
    case .symbol, .underlying: return Symbol(normalizing: text.uppercased()).rawValue
    case .type:
      guard PositionType(rawValue: text.uppercased()) != nil else {
        throw .usage(
          """
          there is no position type '\(text)': expected one of \
          \(PositionType.allCases.map(\.rawValue).joined(separator: ", "))
          """)
      }
      return text.uppercased()
    }
  }

  private static func terms(of text: String) throws(CommandFailure) -> [String] {
    var terms: [String] = []
    var term = ""
    var isQuoted = false
    for character in text {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == " ", !isQuoted {
        if !term.isEmpty { terms.append(term) }
        term = ""
      } else {
        term.append(character)
      }
    }
    guard !isQuoted else { throw .usage("a quote in --where is never closed: \(text)") }
    if !term.isEmpty { terms.append(term) }
    return terms
  }
}
