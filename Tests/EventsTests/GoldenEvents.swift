import Events
import ExactNumbers
import Records
import Testing

@Suite struct GoldenEvents {
  @Test("the catalogue has the documented kinds and no others") func kinds() {
    #expect(Set(EventCatalog.kinds.map(\.name)) == Set(documentedKinds))
    #expect(Set(EventCatalog.kinds.map(\.number)).count == documentedKinds.count)
    #expect(!EventCatalog.kinds.contains { $0.number == .unknown })
  }

  @Test(
    "a kind is read, recorded, read back and written as the same bytes",
    arguments: documentedKinds)
  func roundTrip(kind: String) throws {
    let lines = try goldenLines(kind)
    #expect(!lines.isEmpty)
    for line in lines {
      let cloudEvent = try CloudEvent(parsing: line)
      var event = cloudEvent.event
      #expect(event.kindName == kind)
      event.recorded = cloudEvent.recordedTime
      event.sequence = cloudEvent.sequence
      #expect(event.recorded != nil && event.sequence != nil)
      let record = event.record()
      #expect(record.fields.map(\.number) == record.fields.map(\.number).sorted())
      let again = try Event(record: record, sequence: event.sequence)
      #expect(again == event)
      guard case .given(let id) = again.id else {
        Issue.record("a given id stays one")
        return
      }
      #expect(String(decoding: again.cloudEventLine(idText: id), as: UTF8.self) == line)
    }
  }

  @Test("a kind's golden file shows every field", arguments: documentedKinds)
  func everyField(kind: String) throws {
    let description = try #require(EventCatalog.kind(named: kind))
    var seen: Set<String> = []
    for line in try goldenLines(kind) {
      guard case .object(let members)? = try JSONValue(parsing: line)["data"] else { continue }
      seen.formUnion(members.map(\.name))
    }
    #expect(seen == Set(description.fields.map(\.name)))
  }

  @Test("fields and attributes the catalogue does not know come back", arguments: documentedKinds)
  func unknown(kind: String) throws {
    for golden in try goldenLines(kind) {
      let line = try edited(
        golden,
        data: [
          "zz_new": ["b": .number(JSONNumber(try ExactDecimal("1.5"))), "a": [.null, "x"]],
          "a_new": "kept", "num": 123456789012345678,
        ],
        attributes: ["traceparent": "00-1", "aninteger": 7, "aflag": true])
      var event = try CloudEvent(parsing: line).event
      #expect(event.extensions == ["aflag": true, "aninteger": 7, "traceparent": "00-1"])
      event.recorded = event.effective
      let again = try Event(record: event.record())
      #expect(again == event)
      let written = again.cloudEvent(idText: "x")
      #expect(written["traceparent"] == "00-1")
      #expect(written["data"]?["a_new"] == "kept")
      #expect(written["data"]?["num"] == 123456789012345678)
      #expect(written["data"]?["zz_new"]?.compactText == #"{"a":[null,"x"],"b":1.5}"#)
    }
  }

  @Test("every required field that is missing or null is named", arguments: documentedKinds)
  func missing(kind: String) throws {
    let line = try #require(try goldenLines(kind).first)
    for field in try #require(EventCatalog.kind(named: kind)).fields where field.isRequired {
      let without = try edited(line, withoutData: [field.name])
      let removed = try #require(refusal(without))
      #expect(removed.code == "FB-EVENT-005" && removed.field == field.name)
      #expect(removed.kind == kind)
      if !field.isClearable {
        let emptied = try edited(line, data: [field.name: .null])
        let null = try #require(refusal(emptied))
        #expect(null.code == "FB-EVENT-005" && null.field == field.name)
      }
    }
  }

  @Test(
    "a field of another type is named, with the place where it stands",
    arguments: documentedKinds)
  func wrongType(kind: String) throws {
    let line = try #require(try goldenLines(kind).first)
    for field in try #require(EventCatalog.kind(named: kind)).fields where field.type != .json {
      let changed = try edited(line, data: [field.name: ["nested": true]])
      let error = try #require(refusal(changed))
      #expect(error.code == "FB-EVENT-006" && error.field == field.name)
      let offset = try #require(error.offset)
      #expect(
        String(decoding: Array(changed.utf8)[offset...].prefix(9), as: UTF8.self) == #"{"nested""#)
    }
  }

  @Test("optional fields may be left out", arguments: documentedKinds)
  func leftOut(kind: String) throws {
    let description = try #require(EventCatalog.kind(named: kind))
    // Some optional fields belong together: those kinds have a line of their own below.
    guard kind != "position.corrected" else { return }
    let optional = description.fields.filter { !$0.isRequired }.map(\.name)
    let line = try #require(try goldenLines(kind).first)
    var event = try CloudEvent(parsing: try edited(line, withoutData: optional)).event
    event.recorded = event.effective
    #expect(try Event(record: event.record()) == event)
    #expect(event.record().fields.count == description.fields.count { $0.isRequired })
  }
}
