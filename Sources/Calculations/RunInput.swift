public import Records

/// How a run records the last fact it saw.
///
/// Of a live branch that is a pair of numbers (see `EventSequence`): the event has the own one, and the
/// parameters how much had flowed in.
public enum RunInput {
  private static let flowedMember = "flowed"

  /// `input_sequence` of `calculation.started`.
  public static func sequence(_ input: EventSequence) -> Int64 {
    Int64(clamping: input.own.rawValue)
  }

  /// The parameters of a run that saw facts up to an input.
  public static func parameters(_ parameters: JSONValue, of input: EventSequence) -> JSONValue {
    guard input.isPair, case .object(let members) = parameters else { return parameters }
    let flowed = JSONMember(flowedMember, .number(JSONNumber(Int64(clamping: input.flowed))))
    return JSONValue.object(members + [flowed]).canonical
  }

  /// The last fact that a run saw, as it recorded it.
  public static func input(_ sequence: Int64, _ parameters: JSONValue) -> EventSequence {
    let own = EventSequence(UInt64(max(sequence, 0)))
    guard case .number(let number)? = parameters[flowedMember],
      let flowed = UInt64(number.text), let pair = EventSequence(own: own, flowed: flowed)
    else { return own }
    return pair
  }
}
