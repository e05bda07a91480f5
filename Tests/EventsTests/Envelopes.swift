import Events
import ExactNumbers
import Records
import Testing

@Suite struct Envelopes {
  private func line(_ kind: String = "position.exited") throws -> String {
    try #require(try goldenLines(kind).first)
  }

  @Test(
    "each required attribute that is missing is named",
    arguments: ["specversion", "id", "source", "type", "time", "data"])
  func missing(attribute: String) throws {
    let error = refusal(try edited(try line(), without: [attribute]))
    #expect(error?.code == "FB-EVENT-002" && error?.field == attribute)
    // CloudEvents takes null for an attribute that is not there; data that are null are no object.
    let null = refusal(try edited(try line(), attributes: [attribute: .null]))
    #expect(null?.code == (attribute == "data" ? "FB-EVENT-003" : "FB-EVENT-002"))
    #expect(null?.field == attribute)
  }

  static let bad: [(attribute: String, value: JSONValue, code: String)] = [
    ("specversion", "0.3", "FB-EVENT-003"), ("specversion", 1, "FB-EVENT-003"),
    ("id", "", "FB-EVENT-003"), ("id", 7, "FB-EVENT-003"),
    ("id", .string(String(repeating: "é", count: 33)), "FB-EVENT-003"),
    ("id", "a\nb", "FB-EVENT-003"),
    ("source", "", "FB-EVENT-003"), ("source", "a b", "FB-EVENT-003"),
    ("source", "a<b>", "FB-EVENT-003"),
    ("type", "position.vanished", "FB-EVENT-004"), ("type", "", "FB-EVENT-004"),
    ("type", "Position.Exited", "FB-EVENT-004"), ("type", "unknown", "FB-EVENT-004"),
    ("time", "2024-03-15", "FB-EVENT-008"), ("time", "2024-02-30T00:00:00Z", "FB-EVENT-008"),
    ("time", "2024-03-15T20:00:00", "FB-EVENT-008"),
    ("time", "2024-03-15T20:00:00.1234567891Z", "FB-EVENT-008"),
    ("time", "2400-01-01T00:00:00Z", "FB-EVENT-008"), ("time", 1_710_000_000, "FB-EVENT-003"),
    ("datacontenttype", "text/csv", "FB-EVENT-003"), ("data_base64", "AAAA", "FB-EVENT-003"),
    ("recordedtime", "yesterday", "FB-EVENT-008"), ("sequence", "-1", "FB-EVENT-003"),
    ("sequence", "seven", "FB-EVENT-003"), ("sequence", "", "FB-EVENT-003"),
    ("actor", "", "FB-EVENT-003"), ("actor", true, "FB-EVENT-003"),
    ("correlationid", "", "FB-EVENT-003"), ("causationid", "\u{1}", "FB-EVENT-003"),
    ("subject", "", "FB-EVENT-003"), ("correlationId", "x", "FB-EVENT-003"),
    ("my_attribute", "x", "FB-EVENT-003"), ("data", "text", "FB-EVENT-003"),
    ("data", [1], "FB-EVENT-003"),
  ]

  @Test("an attribute that is not what it should be is named", arguments: bad)
  func refused(attribute: String, value: JSONValue, code: String) throws {
    let error = try #require(
      refusal(try edited(try line(), attributes: [attribute: value])))
    #expect(error.code == code && error.field == attribute, "\(error)")
    #expect(error.offset != nil)
  }

  @Test("what is no object is refused", arguments: ["[]", "7", "null", "\"x\""])
  func notAnObject(text: String) { #expect(refusal(text)?.code == "FB-EVENT-001") }

  @Test("what is no JSON keeps the code and place of that error") func notJSON() throws {
    let error = try #require(refusal("{\"specversion\":\"1.0\",}"))
    #expect(error.code == "FB-JSON-002" && error.offset == 21)
    #expect(error.onLine(12).description.hasPrefix("FB-JSON-002: line 12, byte 21: column 22: "))
  }

  @Test("a message says what, where, expected, found and the way out") func message() throws {
    let error = try #require(refusal(try edited(try line(), data: ["quantity": 0])))
    #expect(
      error.onLine(3).description
        == "FB-EVENT-010: line 3, byte \(error.offset ?? 0), position.exited, quantity: "
        + "expected > 0, found 0 (see `foldbook schema position.exited`)")
  }

  @Test("recorded time and sequence of the input are handed back, not taken") func ledgersOwn()
    throws
  {
    let cloudEvent = try CloudEvent(parsing: try line())
    #expect(cloudEvent.event.recorded == nil && cloudEvent.event.sequence == nil)
    #expect(cloudEvent.recordedTime == Instant("2024-03-16T06:30:00.123456789Z"))
    #expect(cloudEvent.sequence == EventSequence(13))
  }

  @Test("optional attributes may be missing or null") func optional() throws {
    let names = [
      "subject", "datacontenttype", "recordedtime", "sequence", "actor", "correlationid",
      "causationid",
    ]
    let without = try CloudEvent(parsing: try edited(try line(), without: names))
    let nulls = Dictionary(uniqueKeysWithValues: names.map { ($0, JSONValue.null) })
    #expect(try CloudEvent(parsing: try edited(try line(), attributes: nulls)) == without)
    #expect(without.event.subject == nil && without.event.extensions == nil)
    #expect(without.recordedTime == nil && without.sequence == nil)
  }

  @Test("a time with an offset means the same instant in UTC") func offset() throws {
    let text = try edited(try line(), attributes: ["time": "2024-03-15T16:00:00.5-04:00"])
    #expect(try CloudEvent(parsing: text).event.effective == Instant("2024-03-15T20:00:00.5Z"))
  }

  @Test("a content type with parameters is still JSON") func contentType() throws {
    let text = try edited(
      try line(), attributes: ["datacontenttype": "Application/JSON; charset=utf-8"])
    #expect(refusal(text) == nil)
  }

  @Test("a subject agrees with the data", arguments: documentedKinds)
  func subject(kind: String) throws {
    let event = try goldenEvent(kind)
    guard let derived = event.payload.derivedSubject else { return }
    #expect(event.subject == derived)
    let error = try #require(
      refusal(try edited(try line(kind), attributes: ["subject": "something-else"])))
    #expect(error.code == "FB-EVENT-012" && error.field == "subject")
    // One that the data say anyway is not stored, and comes back.
    var bare = try CloudEvent(parsing: try edited(try line(kind), without: ["subject"])).event
    #expect(bare.subject == derived)
    bare.recorded = bare.effective
    #expect(bare.record().subject == nil)
  }

  @Test("a subject the data cannot say is stored") func storedSubject() throws {
    var event = try goldenEvent("position.exited")
    event.recorded = event.effective
    #expect(event.record().subject == "demo")
  }

  @Test("symbols are normalised in data and subject alike") func symbols() throws {
    let text = try edited(
      try line("price.closed"), data: ["symbol": "BRK-B"], attributes: ["subject": "BRK/B"])
    let event = try CloudEvent(parsing: text).event
    #expect(event.subject == "BRK.B" && event.data["symbol"] == "BRK.B")
  }

  @Test("an unknown kind is kept as it came, where that is asked for") func unknownKind() throws {
    let text = try edited(
      try line(), data: ["quantity": ["any": 7], "position": .null],
      attributes: ["type": "position.teleported"])
    #expect(refusal(text)?.code == "FB-EVENT-004")
    var event = try CloudEvent(parsing: text, allowsUnknownKinds: true).event
    #expect(event.kind == .unknown && event.kindName == "position.teleported")
    event.recorded = event.effective
    let record = event.record()
    #expect(record.kind == .unknown)
    let again = try Event(record: record)
    #expect(again == event)
    #expect(again.cloudEvent(idText: "x")["type"] == "position.teleported")
    #expect(again.data == (try JSONValue(parsing: text))["data"]?.canonical)
    #expect(again.hasSameContent(as: event))
    let empty = try CloudEvent(
      parsing: try JSONValue(parsing: text).setting("data", to: .object([])).compactText,
      allowsUnknownKinds: true)
    #expect(!empty.event.hasSameContent(as: event))
  }

  @Test("a minted id is written as the text its log gives it") func minted() throws {
    var event = try goldenEvent("day.closed")
    event.id = .minted(occurrence: 2)
    #expect(event.cloudEvent(idText: "abc")["id"] == "abc")
  }
}
