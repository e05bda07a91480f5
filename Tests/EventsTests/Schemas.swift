import Events
import Records
import Testing

@Suite struct Schemas {
  @Test(
    "a kind's schema names its fields, their types and which are required",
    arguments: documentedKinds)
  func schema(kind: String) throws {
    let description = try #require(EventCatalog.kind(named: kind))
    let schema = EventCatalog.jsonSchema(of: description)
    #expect(try JSONValue(parsing: schema.compactText) == schema)
    #expect(schema["properties"]?["type"]?["const"] == .string(kind))
    let data = try #require(schema["properties"]?["data"])
    guard case .object(let properties)? = data["properties"] else {
      Issue.record("no properties")
      return
    }
    #expect(properties.map(\.name) == description.fields.map(\.name))
    #expect(
      data["required"]
        == .array(description.fields.filter(\.isRequired).map { .string($0.name) }))
    for property in properties {
      #expect(property.value["description"] != nil)
      #expect(property.value["type"] != nil || property.value["enum"] != nil)
    }
  }

  @Test("a field's schema says its limits") func limits() throws {
    func field(_ kind: String, _ name: String) throws -> JSONValue? {
      EventCatalog.jsonSchema(of: try #require(EventCatalog.kind(named: kind)))["properties"]?[
        "data"]?["properties"]?[name]
    }
    let quantity = try field("position.entered", "quantity")
    #expect(quantity?["type"] == "number" && quantity?["exclusiveMinimum"] == 0)
    #expect(quantity?["description"] == "how much (shares or contracts)")
    #expect(
      try field("cash.moved", "reason")?["enum"]?.compactText.hasPrefix("[\"deposit\"") == true)
    #expect(try field("portfolio.opened", "name")?["maxLength"] == 255)
    #expect(try field("user.changed", "email")?["type"] == ["string", "null"])
    #expect(try field("price.closed", "date")?["format"] == "date")
  }

  @Test("the envelope's schema lists every kind") func envelope() {
    guard case .array(let kinds)? = EventCatalog.envelopeSchema["properties"]?["type"]?["enum"]
    else {
      Issue.record("no kinds")
      return
    }
    #expect(Set(kinds.compactMap(\.text)) == Set(documentedKinds))
  }

  @Test("the catalogue for people has a line a kind and a line a field") func text() throws {
    let lines = EventCatalog.description.split(separator: "\n")
    #expect(
      lines.count == EventCatalog.kinds.count + EventCatalog.kinds.map(\.fields.count).reduce(0, +))
    let exit = try #require(EventCatalog.kind(named: "position.exited")).description
    #expect(exit.contains("quantity?"))
    #expect(!exit.contains("completed"))
  }

  @Test("numbers of kinds and fields are as they were given out", arguments: documentedKinds)
  func numbers(kind: String) throws {
    let description = try #require(EventCatalog.kind(named: kind))
    let numbers = description.fields.map(\.number)
    #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
    #expect(numbers.allSatisfy { (1..<0xFF00).contains($0.rawValue) })
    #expect(Set(description.fields.map(\.name)).count == numbers.count)
  }

  /// Typed when the kinds got their numbers; a book on disk holds these.
  static let givenNumbers: [(UInt16, String)] = [
    (1, "user.registered"), (2, "user.changed"), (3, "user.deactivated"), (4, "user.forgotten"),
    (20, "portfolio.opened"), (21, "portfolio.changed"), (22, "portfolio.closed"),
    (30, "cash.moved"), (40, "instrument.defined"), (41, "instrument.split"),
    (42, "instrument.dividend"), (60, "position.entered"), (61, "position.exited"),
    (62, "position.corrected"), (63, "position.voided"), (64, "position.related"),
    (65, "position.unrelated"), (66, "position.attributed"), (67, "position.tagged"),
    (68, "position.untagged"), (80, "tag.created"), (81, "tag.changed"), (82, "tag.retired"),
    (100, "strategy.created"), (101, "strategy.changed"), (102, "strategy.retired"),
    (103, "strategy.joined"), (104, "strategy.left"), (120, "price.ticked"),
    (121, "price.closed"), (122, "quote.updated"), (123, "volatility.quoted"), (124, "rate.set"),
    (125, "short.reported"), (140, "factor.defined"), (141, "factor.retired"),
    (150, "scenario.defined"), (151, "scenario.retired"), (160, "parameter.set"),
    (180, "batch.started"), (181, "batch.completed"), (182, "batch.failed"),
    (190, "calculation.started"), (191, "calculation.completed"), (192, "calculation.failed"),
    (193, "calculation.skipped"), (200, "day.closed"), (220, "model.forked"),
    (221, "model.changed"), (222, "model.saved"), (223, "model.completed"),
    (224, "model.cancelled"), (225, "model.promoted"), (240, "export.made"),
    (250, "audit.verified"),
  ]

  @Test("a kind's number never changes", arguments: givenNumbers)
  func kindNumber(number: UInt16, name: String) {
    #expect(EventCatalog.kind(named: name)?.number == KindNumber(number))
    #expect(EventCatalog.kind(KindNumber(number))?.name == name)
  }

  @Test("a field's number and stored type never change", arguments: documentedKinds)
  func fieldNumbers(kind: String) throws {
    let given = try goldenText("field-numbers.txt").split(separator: "\n")
      .filter { $0.hasPrefix("\(kind) ") }
    let description = try #require(EventCatalog.kind(named: kind))
    let current = description.storedFields.map {
      "\(kind) \($0.number.rawValue) \($0.name) \($0.type.stored)"
    }
    // A new field is written down here when it is added; an old line is never altered.
    #expect(given.map(String.init) == current)
  }

  @Test("the log knows market data, portfolios and symbols") func registry() throws {
    let traits = EventCatalog.registry.all
    #expect(
      Set(traits.filter(\.isMarketData).map(\.name))
        == ["price.ticked", "price.closed", "quote.updated"])
    for kind in EventCatalog.kinds {
      let traits = try #require(EventCatalog.registry[kind.number])
      func number(_ name: String) -> FieldNumber? {
        kind.fields.first { $0.name == name }?.number
      }
      #expect(traits.portfolioField == number("portfolio"))
      #expect(traits.symbolField == number("symbol") ?? number("series"))
    }
  }
}
