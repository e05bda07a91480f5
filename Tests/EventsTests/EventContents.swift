import Events
import ExactNumbers
import Records
import Testing

@Suite struct EventContents {
  private func event(
    _ kind: String, data: [String: JSONValue] = [:], withoutData: [String] = [],
    attributes: [String: JSONValue] = [:], without: [String] = []
  ) throws -> Event {
    try CloudEvent(
      parsing: try edited(
        try #require(try goldenLines(kind).first), data: data, withoutData: withoutData,
        attributes: attributes, without: without)
    ).event
  }

  private func stored(_ event: Event) throws -> Event {
    var event = event
    event.recorded = Instant("2025-01-01T00:00:00Z")
    event.sequence = EventSequence(9)
    return try Event(record: event.record(), sequence: event.sequence)
  }

  @Test("an event sent again has the same content", arguments: documentedKinds)
  func again(kind: String) throws {
    let first = try stored(try goldenEvent(kind))
    let second = try event(
      kind,
      attributes: ["actor": "bob", "correlationid": "import-8", "causationid": "event-4"],
      without: ["subject", "recordedtime", "sequence"])
    #expect(first.hasSameContent(as: second) && second.hasSameContent(as: first))
  }

  @Test("any other field, time, source or attribute is other content", arguments: documentedKinds)
  func other(kind: String) throws {
    let first = try stored(try goldenEvent(kind))
    for attributes: [String: JSONValue] in [
      ["time": "2024-03-15T20:00:00.000000001Z"], ["source": "elsewhere"], ["extra": "x"],
    ] {
      #expect(!first.hasSameContent(as: try event(kind, attributes: attributes)))
    }
    #expect(!first.hasSameContent(as: try event(kind, data: ["new_field": 1])))
    for field in try #require(EventCatalog.kind(named: kind)).fields where !field.isRequired {
      guard kind != "position.corrected", first.data[field.name] != nil else { continue }
      let without = try event(kind, withoutData: [field.name])
      #expect(!first.hasSameContent(as: without) && !without.hasSameContent(as: first))
    }
  }

  @Test("numbers and key order may be written in another way") func spelling() throws {
    let first = try stored(try event("price.ticked", data: ["price": 190]))
    let second = try event("price.ticked", data: ["price": "190.00"])
    #expect(first.hasSameContent(as: second))
    #expect(!first.hasSameContent(as: try event("price.ticked", data: ["price": "190.01"])))
  }

  @Test("a quantity the ledger worked out may be missing, but may not differ") func workedOut()
    throws
  {
    var sent = try event("position.exited", withoutData: ["quantity"])
    let given = sent
    guard case .positionExited(var exit) = sent.payload else { return }
    exit.complete(\.quantity, with: 40)
    // What the sender gave is left alone.
    exit.complete(\.fees, with: 99)
    sent.payload = .positionExited(exit)
    let first = try stored(sent)
    #expect(first.data["quantity"] == 40 && first.data["fees"] == (given.data["fees"]))
    #expect(first.data["completed"] == nil)
    #expect(first.hasSameContent(as: given) && given.hasSameContent(as: first))
    #expect(first.hasSameContent(as: try event("position.exited", data: ["quantity": 40])))
    #expect(!first.hasSameContent(as: try event("position.exited", data: ["quantity": 41])))
    // A quantity the sender gave is content.
    let explicit = try stored(try event("position.exited", data: ["quantity": 40]))
    #expect(!explicit.hasSameContent(as: given))
  }

  @Test("a completed correction equals the one that was sent, and its own export") func correction()
    throws
  {
    let sent = try event(
      "position.corrected", withoutData: ["entry_price", "entry_time", "symbol", "position_type"])
    var completed = sent
    guard case .positionCorrected(var correction) = completed.payload else { return }
    correction.complete(\.entryPrice, with: 7)
    correction.complete(\.symbol, with: "AAPL")
    correction.complete(\.positionType, with: .long)
    completed.payload = .positionCorrected(correction)
    let first = try stored(completed)
    #expect(first.data["entry_price"] == 7 && first.data["symbol"] == "AAPL")
    #expect(first.hasSameContent(as: sent))
    let export = try CloudEvent(parsing: first.cloudEventLine(idText: "x")).event
    #expect(first.hasSameContent(as: export))
    #expect(!first.hasSameContent(as: try event("position.corrected", data: ["quantity": 3])))
    let withoutFees = try event(
      "position.corrected",
      withoutData: ["entry_price", "entry_time", "symbol", "position_type", "fees"])
    #expect(!first.hasSameContent(as: withoutFees))
  }

  @Test("a hidden field is unknown to JSON") func hidden() throws {
    let line = try event("position.exited", data: ["completed": 4])
    guard case .positionExited(let exit) = line.payload else { return }
    #expect(exit.completed == nil && exit.unknownFields == ["completed": 4])
  }

  @Test("personal fields are sealed in the record and opened again") func sealing() throws {
    for kind in ["user.registered", "user.changed"] {
      var event = try goldenEvent(kind)
      event.recorded = event.effective
      var sealedNames: [String] = []
      let record = event.record { field in
        sealedNames.append(field.name)
        #expect(field.user == "alice" && field.kind == event.kind)
        return Array("sealed:\(field.value)".utf8)
      }
      #expect(
        sealedNames
          == (kind == "user.registered"
            ? ["username", "email", "full_name"] : ["username", "full_name"]))
      for field in record.fields {
        if case .text(let text) = field.value { #expect(!text.contains("Alice")) }
      }
      let opened = try Event(record: record) { bytes, number, user in
        #expect(user == "alice" && [2, 3, 4].contains(number.rawValue))
        return String(String(decoding: bytes, as: UTF8.self).dropFirst("sealed:".count))
      }
      #expect(opened == event)
    }
  }

  @Test("a forgotten person's fields are absent, flagged, and kept sealed") func forgotten() throws
  {
    var event = try goldenEvent("user.registered")
    event.recorded = event.effective
    let record = event.record { _ in [1, 2, 3] }
    let read = try Event(record: record)
    guard case .userRegistered(let user) = read.payload else { return }
    #expect(user.username == nil && user.email == nil && user.fullName == nil)
    #expect(user.role == .manager)
    #expect(user.forgottenFields.map(\.number.rawValue) == [2, 3, 4])
    #expect(read.data.compactText == #"{"user":"alice","role":"manager"}"#)
    // Written again, as a rebase does, the record is the same.
    #expect(read.record() == record)
    #expect(read.hasSameContent(as: event) && event.hasSameContent(as: read))
  }

  @Test("only personal fields are sealed", arguments: documentedKinds)
  func nothingElse(kind: String) throws {
    var event = try goldenEvent(kind)
    event.recorded = event.effective
    let record = event.record { _ in [0] }
    let personal = try #require(EventCatalog.kind(named: kind)).fields.filter(\.isPersonal)
    #expect(kind.hasPrefix("user.") || personal.isEmpty)
    for field in record.fields {
      guard case .bytes = field.value else { continue }
      #expect(personal.contains { $0.number == field.number })
    }
  }

  @Test("a record of another type, kind or without a field is refused by name") func unreadable()
    throws
  {
    var event = try goldenEvent("price.ticked")
    event.recorded = event.effective
    let record = event.record()
    var other = record
    other.fields[1].value = .text("190")
    var error = #expect(throws: EventError.self) { try Event(record: other) }
    #expect(error?.code == "FB-EVENT-013" && error?.field == "price")
    other = record
    other.fields.removeFirst()
    error = #expect(throws: EventError.self) { try Event(record: other) }
    #expect(error?.code == "FB-EVENT-013" && error?.field == "symbol")
    other = record
    other.kind = KindNumber(9_999)
    error = #expect(throws: EventError.self) { try Event(record: other) }
    #expect(error?.code == "FB-EVENT-013" && error?.found == "kind number 9999")
    other = record
    other.extensions = "{"
    #expect(throws: EventError.self) { try Event(record: other) }
  }

  @Test("a field a newer catalogue added is kept") func newerField() throws {
    var event = try goldenEvent("price.ticked")
    event.recorded = event.effective
    var record = event.record()
    record.fields.append(Field(FieldNumber(40), .date(CivilDate("2024-01-02") ?? .blank)))
    let read = try Event(record: record)
    #expect(read.data["field_40"] == "2024-01-02")
    #expect(read.data["price"] == event.data["price"])
  }
}
