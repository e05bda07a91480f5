internal import Events
internal import ExactNumbers
internal import Portfolio
internal import Records

extension ScenarioResult {
  /// `{"market_beta":{"conditional_pnl":…,"direct_pnl":…,"exposure":…,"pinned":…,"shock":…}}`.
  var impactsJSON: JSONValue {
    JSONValue.object(
      impacts.map { impact in
        JSONMember(
          impact.factor.rawValue,
          .object([
            JSONMember("conditional_pnl", Self.number(impact.conditionalPnL)),
            JSONMember("direct_pnl", Self.number(impact.directPnL)),
            JSONMember("exposure", Self.number(impact.exposure)),
            JSONMember("pinned", .bool(impact.isPinned)),
            JSONMember("shock", .number(JSONNumber(impact.shock))),
          ]))
      }
    ).canonical
  }

  /// Moves as fractions to ten places, by factor; null where none is known.
  var impliedMovesJSON: JSONValue? {
    guard !impliedMoves.isEmpty else { return nil }
    return JSONValue.object(
      impliedMoves.map { JSONMember($0.factor.rawValue, Self.number(Proportion(nearest: $0.move))) }
    ).canonical
  }

  var missingFactorsJSON: JSONValue { .array(missingFactors.map { .string($0.rawValue) }) }

  /// In shortest exact form.
  private static func number(_ value: (some ScaledNumber)?) -> JSONValue {
    // What a scaled number prints is a JSON number.
    value.flatMap { try? JSONValue(parsing: $0.description) } ?? .null
  }
}
