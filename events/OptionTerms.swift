import ExactNumbers
import Records

/// What an event says of an option has to agree with its type and with its OCC symbol.
///
/// Where the symbol is no OCC symbol, the terms may stand in an `instrument.defined`: whether they
/// are known at all is for the rules of the ledger.
enum OptionTerms {
  static let entryRules: [PayloadRule<PositionEntered>] = [
    PayloadRule("position_type", expects: "the right in the option's symbol") { entry in
      let right: OptionRight? =
        switch entry.positionType {
        case .longCall, .shortCall: .call
        case .longPut, .shortPut: .put
        case .long, .short: nil
        }
      guard let option = entry.symbol.option, option.right != right else { return nil }
      return "\(entry.positionType.rawValue) of a \(option.right.rawValue)"
    },
    PayloadRule("position_type", expects: "terms of an option only with LC, LP, SC or SP") {
      entry in
      guard entry.positionType == .long || entry.positionType == .short else { return nil }
      if entry.underlying != nil { return "underlying with \(entry.positionType.rawValue)" }
      if entry.strike != nil { return "strike with \(entry.positionType.rawValue)" }
      return entry.expiration != nil ? "expiration with \(entry.positionType.rawValue)" : nil
    },
    strike(of: \.symbol, \.strike),
    expiration(of: \.symbol, \.expiration),
    PayloadRule("multiplier", expects: "a multiplier for an adjusted contract") { entry in
      guard let option = entry.symbol.option, option.isAdjusted, entry.multiplier == nil else {
        return nil
      }
      return "none for \(option)"
    },
  ]

  static let instrumentRules: [PayloadRule<InstrumentDefined>] = [
    PayloadRule("right", expects: "the right in the option's symbol") { instrument in
      guard let option = instrument.symbol.option, let right = instrument.right,
        right != option.right
      else { return nil }
      return "\(right.rawValue) for \(option)"
    },
    strike(of: \.symbol, \.strike),
    expiration(of: \.symbol, \.expiration),
  ]

  private static func strike<Payload>(
    of symbol: any KeyPath<Payload, Symbol> & Sendable,
    _ strike: any KeyPath<Payload, ExactDecimal?> & Sendable
  ) -> PayloadRule<Payload> {
    PayloadRule("strike", expects: "the strike in the option's symbol") { payload in
      guard let option = payload[keyPath: symbol].option, let strike = payload[keyPath: strike],
        strike != option.strike
      else { return nil }
      return "\(strike) for \(option)"
    }
  }

  private static func expiration<Payload>(
    of symbol: any KeyPath<Payload, Symbol> & Sendable,
    _ expiration: any KeyPath<Payload, CivilDate?> & Sendable
  ) -> PayloadRule<Payload> {
    PayloadRule("expiration", expects: "the expiration in the option's symbol") { payload in
      guard let option = payload[keyPath: symbol].option,
        let expiration = payload[keyPath: expiration], expiration != option.expiration
      else { return nil }
      return "\(expiration) for \(option)"
    }
  }
}
