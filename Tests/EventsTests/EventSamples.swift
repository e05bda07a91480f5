import Events
import ExactNumbers
import Records
import Testing

/// The kinds as events.md names them, typed from that page.
let documentedKinds = [
  "user.registered", "user.changed", "user.deactivated", "user.forgotten",
  "portfolio.opened", "portfolio.changed", "portfolio.closed",
  "cash.moved",
  "instrument.defined", "instrument.split", "instrument.dividend",
  "position.entered", "position.exited", "position.corrected", "position.voided",
  "position.related", "position.unrelated", "position.attributed",
  "tag.created", "tag.changed", "tag.retired", "position.tagged", "position.untagged",
  "strategy.created", "strategy.changed", "strategy.retired", "strategy.joined", "strategy.left",
  "price.ticked", "price.closed", "quote.updated", "volatility.quoted", "rate.set",
  "short.reported",
  "factor.defined", "factor.retired", "scenario.defined", "scenario.retired", "parameter.set",
  "batch.started", "batch.completed", "batch.failed",
  "calculation.started", "calculation.completed", "calculation.failed", "calculation.skipped",
  "day.closed",
  "model.forked", "model.changed", "model.saved", "model.completed", "model.cancelled",
  "model.promoted",
  "export.made", "audit.verified",
]

/// A file of `Golden`, which is never regenerated.
func goldenText(_ name: String, file: StaticString = #filePath) throws -> String {
  let directory = "\(file)".split(separator: "/").dropLast().joined(separator: "/")
  return try readText("/\(directory)/Golden/\(name)")
}

/// The lines of a kind's golden file.
func goldenLines(_ kind: String) throws -> [String] {
  try goldenText("\(kind).json").split(separator: "\n").map(String.init)
}

/// One event of a kind, from the first line of its golden file.
func goldenEvent(_ kind: String) throws -> Event {
  try CloudEvent(parsing: try #require(try goldenLines(kind).first)).event
}

/// A line of JSON with other members in its `data` or among its attributes, and without some.
func edited(
  _ line: String, data: [String: JSONValue] = [:], withoutData: [String] = [],
  attributes: [String: JSONValue] = [:], without: [String] = []
) throws -> String {
  var json = try JSONValue(parsing: line)
  var content = json["data"] ?? .object([])
  for (name, value) in data.sorted(by: { $0.key < $1.key }) {
    content = content.setting(name, to: value)
  }
  for name in withoutData { content = content.setting(name, to: nil) }
  json = json.setting("data", to: content)
  for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
    json = json.setting(name, to: value)
  }
  for name in without { json = json.setting(name, to: nil) }
  return json.compactText
}

extension JSONValue {
  func setting(_ name: String, to value: JSONValue?) -> JSONValue {
    guard case .object(var members) = self else { return self }
    if let index = members.firstIndex(where: { $0.name == name }) {
      if let value { members[index].value = value } else { members.remove(at: index) }
    } else if let value {
      members.append(JSONMember(name, value))
    }
    return .object(members)
  }
}

/// The error a line is refused with.
func refusal(_ line: String) -> EventError? {
  do throws(EventError) {
    _ = try CloudEvent(parsing: line)
    return nil
  } catch {
    return error
  }
}
