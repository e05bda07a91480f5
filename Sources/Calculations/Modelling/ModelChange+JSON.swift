internal import Events
internal import ExactNumbers
public import Records

extension ModelChange {
  /// Column `payload` of `modeling_changes`: what the event says, and which and when it is.
  ///
  /// `{"data":…,"id":…,"sequence":…,"time":…,"type":…}`, canonical.
  public var payload: JSONValue {
    JSONValue.object([
      JSONMember("data", event.data),
      JSONMember("id", .string(eventID)),
      JSONMember("sequence", sequenceNumber),
      JSONMember("time", .string(effective.description)),
      JSONMember("type", .string(event.kindName)),
    ]).canonical
  }

  /// An element of column `changes`, and of a session's `changes` in answers: the change, and the
  /// event that it is. Canonical; what does not apply is left out.
  public var json: JSONValue {
    var members = [
      JSONMember("change_no", .number(JSONNumber(Int64(number)))),
      JSONMember("change_type", .string(type.rawValue)),
      JSONMember("data", event.data),
      JSONMember("event_id", .string(eventID)),
      JSONMember("event_type", .string(event.kindName)),
      JSONMember("reverted", .bool(isReverted)),
      JSONMember("sequence", sequenceNumber),
      JSONMember("time", .string(effective.description)),
    ]
    func add(_ name: String, _ value: JSONValue?) {
      if let value { members.append(JSONMember(name, value)) }
    }
    add("portfolio_id", portfolio.map { .string($0.rawValue) })
    add("ticker", symbol.map { .string($0.rawValue) })
    add("position_id", position.map { .string($0.rawValue) })
    add("quantity", quantity.map { .number(JSONNumber($0)) })
    add("price", price.map { .number(JSONNumber($0)) })
    add("side", side.map { .string($0.rawValue) })
    add("tags", tags.isEmpty ? nil : .array(tags.map { .string($0.rawValue) }))
    add("scenario_id", scenario.map { .string($0.rawValue) })
    add("note", note.map { .string($0) })
    return JSONValue.object(members).canonical
  }

  /// Column `changes`.
  public static func json(of changes: [ModelChange]) -> JSONValue { .array(changes.map(\.json)) }

  /// An own event's number is a plain one.
  private var sequenceNumber: JSONValue { .number(JSONNumber(Int64(sequence.own.rawValue))) }
}
