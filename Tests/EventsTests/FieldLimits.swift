import Events
import ExactNumbers
import Records
import TestSupport
import Testing

@Suite struct FieldLimits {
  /// A value just outside a constraint.
  private func outside(_ constraint: FieldConstraint) throws -> [JSONValue] {
    switch constraint {
    case .positive: [0, -1]
    case .notNegative: [-1]
    case .characters(let range):
      [.string(String(repeating: "é", count: range.upperBound + 1))]
        + (range.lowerBound > 0 ? [""] : [])
    case .currency: ["EU", "eur", "EURO", "E1R"]
    case .color: ["red", "#12345", "#1234567", "#12345g", "6B7280F"]
    case .tagName: ["#tag", "a,b", " a", "a ", "#strategy:", "a\u{0}", "a&b"]
    case .sha256: [.string(String(repeating: "A", count: 64)), "9f86"]
    case .textNumberOrNull: [true, [1], ["a": 1]]
    case .scalar: [[1], ["a": 1], .null]
    case .object: [[1], "a", 1]
    case .array: [["a": 1], "a", true]
    }
  }

  @Test("every constraint of every field refuses what is outside it", arguments: documentedKinds)
  func constraints(kind: String) throws {
    let line = try #require(try goldenLines(kind).first)
    for field in try #require(EventCatalog.kind(named: kind)).fields {
      for constraint in field.constraints {
        for value in try outside(constraint) {
          let error = refusal(try edited(line, data: [field.name: value]))
          #expect(error?.field == field.name, "\(constraint) \(value)")
          #expect(
            ["FB-EVENT-005", "FB-EVENT-010"].contains(error?.code), "\(constraint) \(value)")
        }
      }
    }
  }

  private static func letters(_ count: Int) -> JSONValue {
    .string(String(repeating: "é", count: count))
  }

  /// The limits of events.md and domain/tables.md, typed from those pages: the last value that is
  /// taken and the first that is not.
  static let documented: [(kind: String, field: String, good: JSONValue, bad: JSONValue)] = [
    ("user.registered", "username", letters(100), letters(101)),
    ("user.registered", "email", letters(255), letters(256)),
    ("user.registered", "full_name", letters(255), letters(256)),
    ("user.changed", "username", letters(100), letters(101)),
    ("portfolio.opened", "name", letters(255), letters(256)),
    ("portfolio.opened", "description", letters(1000), letters(1001)),
    ("portfolio.opened", "currency", "CHF", "chf"),
    ("portfolio.changed", "name", letters(255), ""),
    ("instrument.defined", "underlying", letters(10), letters(11)),
    ("instrument.defined", "multiplier", 1, 0),
    ("instrument.split", "ratio", 1, 0),
    ("instrument.split", "denominator", 1, -1),
    ("position.entered", "quantity", 1, 0),
    ("position.entered", "entry_price", 1, 0),
    ("position.entered", "multiplier", 1, 0),
    ("position.entered", "underlying", letters(10), letters(11)),
    ("position.exited", "quantity", 1, 0),
    ("position.exited", "exit_price", 0, -1),
    ("position.corrected", "quantity", 1, 0),
    ("position.corrected", "entry_price", 1, 0),
    ("position.attributed", "name", letters(64), letters(65)),
    ("position.attributed", "value", .null, true),
    ("tag.created", "name", letters(50), letters(51)),
    ("tag.created", "name", "Core Holdings_1-a", "Core, Holdings"),
    ("tag.created", "color", "#a0B1c2", "a0B1c2"),
    ("tag.created", "description", letters(255), letters(256)),
    ("strategy.created", "name", letters(100), letters(101)),
    ("price.ticked", "price", 0, -1),
    ("price.closed", "volume", 0, -1),
    ("quote.updated", "bid", 0, -1),
    ("volatility.quoted", "volatility", 0, -1),
    ("factor.defined", "name", letters(50), letters(51)),
    ("factor.defined", "display_name", letters(100), letters(101)),
    ("scenario.defined", "name", letters(255), letters(256)),
    ("parameter.set", "value", true, []),
    ("calculation.started", "calculation_type", letters(50), letters(51)),
    ("calculation.started", "parameters", [:], []),
    ("model.forked", "name", letters(255), letters(256)),
    ("export.made", "file_name", letters(255), letters(256)),
    ("export.made", "sha256", .string(String(repeating: "0", count: 64)), "0"),
    ("audit.verified", "findings", [], [:]),
  ]

  @Test("a documented limit is where it is documented", arguments: documented)
  func limit(kind: String, field: String, good: JSONValue, bad: JSONValue) throws {
    let line = try #require(try goldenLines(kind).first)
    #expect(refusal(try edited(line, data: [field: good])) == nil)
    let error = refusal(try edited(line, data: [field: bad]))
    #expect(error?.code == "FB-EVENT-010" && error?.field == field)
  }

  @Test("a bar closes above zero") func closeAboveZero() throws {
    let line = try #require(try goldenLines("price.closed").first)
    let bare = try edited(line, withoutData: ["open", "high", "low"])
    #expect(refusal(try edited(bare, data: ["close": 1])) == nil)
    #expect(refusal(try edited(bare, data: ["close": 0]))?.field == "close")
  }

  @Test(
    "every identifier has 1 to 64 bytes, every symbol at most 30 characters",
    arguments: documentedKinds)
  func identifiers(kind: String) throws {
    for field in try #require(EventCatalog.kind(named: kind)).fields {
      switch field.type {
      case .identifier, .symbol: break
      default: continue
      }
      // Not every field of a kind goes with every other: take a line that has it.
      let line = try #require(
        try goldenLines(kind).first { try JSONValue(parsing: $0)["data"]?[field.name] != nil })
      for text in ["", String(repeating: "é", count: 33), "a\u{0}"] {
        let error = refusal(
          try edited(line, data: [field.name: .string(text)], without: ["subject"]))
        #expect(error?.code == "FB-EVENT-010" && error?.field == field.name, "\(text)")
      }
      guard field.type != .symbol else { continue }
      let longest = JSONValue.string(String(repeating: "é", count: 32))
      #expect(
        refusal(try edited(line, data: [field.name: longest], without: ["subject"])) == nil)
    }
  }

  @Test("every enumeration refuses other words", arguments: documentedKinds)
  func words(kind: String) throws {
    let line = try #require(try goldenLines(kind).first)
    for field in try #require(EventCatalog.kind(named: kind)).fields {
      guard case .enumeration(let words) = field.type else { continue }
      let error = refusal(try edited(line, data: [field.name: "nonsense"]))
      #expect(error?.code == "FB-EVENT-009" && error?.field == field.name)
      #expect(error?.expected == "one of " + words.joined(separator: ", "))
    }
  }

  @Test("every date and time refuses a day that does not exist", arguments: documentedKinds)
  func dates(kind: String) throws {
    for line in try goldenLines(kind) {
      for field in try #require(EventCatalog.kind(named: kind)).fields
      where field.type == .date || field.type == .instant {
        for text in [
          "2023-02-29", "2024-02-30", "2024-13-01", "2024-00-10", "2024-1-1", "01/02/2024",
          "2024-06-31T00:00:00Z", "2024-06-30T24:00:00Z", "2024-06-30T23:59:60Z", "",
        ] {
          let error = refusal(try edited(line, data: [field.name: .string(text)]))
          #expect(error?.code == "FB-EVENT-008" && error?.field == field.name, "\(text)")
        }
      }
    }
  }

  @Test("every decimal is exact or refused", arguments: documentedKinds)
  func decimals(kind: String) throws {
    let line = try #require(try goldenLines(kind).first)
    for field in try #require(EventCatalog.kind(named: kind)).fields
    where field.type == .decimal || field.type == .integer {
      for text in [
        "1.123456789", "1e-9", "1234567890123456", "123456789.12345678", "1e400", "1e15", "-1e15",
      ] {
        let number = try JSONValue(parsing: text)
        for value in [number, .string(text)] {
          let error = refusal(try edited(line, data: [field.name: value]))
          #expect(error?.code == "FB-EVENT-007" && error?.field == field.name, "\(text)")
        }
      }
      for text in ["NaN", "Infinity", "1,5", "0x10", " 1", "1 ", "", "+1", "$5", "1_000"] {
        let error = refusal(try edited(line, data: [field.name: .string(text)]))
        #expect(error?.code == "FB-EVENT-007" && error?.field == field.name, "\(text)")
      }
      guard field.type == .integer else { continue }
      let fraction = try JSONValue(parsing: "1.5")
      #expect(refusal(try edited(line, data: [field.name: fraction]))?.code == "FB-EVENT-007")
    }
  }

  static let spellings = [
    ("12.50", "12.5"), ("1e2", "100"), ("1.0", "1"), ("0.000000010", "0.00000001"),
    ("999999999999999", "999999999999999"), ("9999999.99999999", "9999999.99999999"),
    ("1.5E+1", "15"), ("100000000000000e-8", "1000000"),
  ]

  @Test("a number comes out in shortest exact form, from a number or a text", arguments: spellings)
  func shortest(text: String, written: String) throws {
    let line = try #require(try goldenLines("price.ticked").first)
    for value in [try JSONValue(parsing: text), .string(text)] {
      var event = try CloudEvent(parsing: try edited(line, data: ["price": value])).event
      event.recorded = event.effective
      let again = try Event(record: event.record())
      #expect(again.data["price"]?.compactText == written)
    }
  }

  @Test("15 digits survive, at any place of the point")
  func exactness() throws {
    var generator = SeededGenerator(seed: 15)
    for _ in 0..<500 {
      let digits = Int64.random(in: 1...999_999_999_999_999, using: &generator)
      let decimal = try ExactDecimal(
        coefficient: digits, places: Int.random(in: 0...8, using: &generator))
      let payload = PriceTicked(symbol: "A", price: decimal)
      var event = Event(
        id: .given("x"), effective: .init(nanosecondsSinceEpoch: 1), source: "s",
        payload: .priceTicked(payload))
      event.recorded = event.effective
      let line = event.cloudEventLine(idText: "x")
      guard case .priceTicked(let read) = try CloudEvent(parsing: line).event.payload else {
        Issue.record("seed 15: \(decimal)")
        return
      }
      #expect(read.price == decimal, "seed 15")
    }
  }

  /// What has to hold between fields. One case a rule at least.
  static let disagreements: [(kind: String, data: [String: JSONValue], field: String)] = [
    ("price.closed", ["low": 173], "low"),
    ("price.closed", ["low": 172], "low"),
    ("price.closed", ["high": 172, "open": 173, "close": 171], "high"),
    ("price.closed", ["high": 172], "high"),
    ("position.entered", ["position_type": "LP"], "position_type"),
    ("position.entered", ["position_type": "LONG"], "position_type"),
    ("position.entered", ["symbol": "AAPL", "position_type": "LONG"], "position_type"),
    ("position.entered", ["strike": 151], "strike"),
    ("position.entered", ["expiration": "2024-01-20"], "expiration"),
    ("instrument.defined", ["strike": 151], "strike"),
    ("instrument.defined", ["expiration": "2024-01-20"], "expiration"),
    ("instrument.defined", ["right": "PUT"], "right"),
    ("position.related", ["other": "p-1"], "other"),
    ("position.unrelated", ["other": "p-1"], "other"),
    ("position.corrected", ["exit": "x-1"], "exit"),
    ("position.corrected", ["exit_price": 5], "exit"),
    ("tag.created", ["tag_type": "regular"], "name"),
    ("scenario.defined", ["period_end": "2008-08-31"], "period_end"),
    (
      "scenario.defined",
      ["shocks": [["factor": "a", "shock": 1], ["factor": "a", "shock": 2]]], "shocks"
    ),
  ]

  @Test("fields that contradict each other are refused", arguments: disagreements)
  func disagreement(kind: String, data: [String: JSONValue], field: String) throws {
    let line = try #require(try goldenLines(kind).first)
    let error = try #require(refusal(try edited(line, data: data)))
    #expect(error.code == "FB-EVENT-011" && error.field == field, "\(error)")
  }

  @Test("an adjusted contract needs its multiplier") func adjusted() throws {
    let line = try #require(try goldenLines("position.entered").first)
    let symbol: [String: JSONValue] = ["symbol": "AAPL1240119C00150000"]
    #expect(refusal(try edited(line, data: symbol)) == nil)
    let error = refusal(try edited(line, data: symbol, withoutData: ["multiplier"]))
    #expect(error?.code == "FB-EVENT-011" && error?.field == "multiplier")
  }

  @Test("a correction corrects something") func emptyCorrection() throws {
    let line = try #require(try goldenLines("position.corrected").first)
    let error = refusal(
      try edited(
        line,
        withoutData: ["quantity", "entry_price", "entry_time", "symbol", "position_type", "fees"]))
    #expect(error?.code == "FB-EVENT-011")
  }

  static let badShocks: [(JSONValue, code: String)] = [
    ("none", "FB-EVENT-006"), ([1], "FB-EVENT-006"), ([["factor": "a"]], "FB-EVENT-006"),
    ([["shock": 1]], "FB-EVENT-006"), ([["factor": "", "shock": 1]], "FB-EVENT-009"),
    ([["factor": "a", "shock": "x"]], "FB-EVENT-007"),
    ([["factor": "a", "shock": 1, "pinned": 1]], "FB-EVENT-006"),
  ]

  @Test("a shock that is none is refused", arguments: badShocks)
  func shocks(value: JSONValue, code: String) throws {
    let line = try #require(try goldenLines("scenario.defined").first)
    let error = refusal(try edited(line, data: ["shocks": value]))
    #expect(error?.code == code && error?.field == "shocks")
  }

  @Test("a shock is pinned unless it says otherwise, and keeps what it says beside") func pinned()
    throws
  {
    let line = try #require(try goldenLines("scenario.defined").first)
    let edit = try edited(
      line, data: ["shocks": [["factor": "a", "shock": -1, "why": "so"]]])
    guard case .scenarioDefined(let scenario) = try CloudEvent(parsing: edit).event.payload else {
      Issue.record("another kind")
      return
    }
    #expect(
      scenario.shocks == [Shock(factor: "a", shock: -1, unknownFields: ["why": "so"])])
    #expect(
      scenario.shocks.json.compactText
        == #"[{"factor":"a","shock":-1,"pinned":true,"why":"so"}]"#)
  }

  @Test("null empties only what can be empty") func clearing() throws {
    let line = try #require(try goldenLines("user.changed").first)
    for field in ["username", "role"] {
      let error = refusal(try edited(line, data: [field: .null]))
      #expect(error?.code == "FB-EVENT-009" && error?.field == field)
    }
    guard
      case .userChanged(let change) = try CloudEvent(
        parsing: try edited(line, data: ["full_name": .null], withoutData: ["email"])
      ).event.payload
    else {
      Issue.record("another kind")
      return
    }
    #expect(change.email == nil && change.fullName == .clear)
    // Of an event that changes nothing, null is another way to leave an optional field out.
    let opened = try #require(try goldenLines("portfolio.opened").first)
    #expect(refusal(try edited(opened, data: ["owner": .null, "currency": .null])) == nil)
  }

  @Test("a date alone is the end of that day") func dateAlone() throws {
    let line = try #require(try goldenLines("position.corrected").first)
    let event = try CloudEvent(parsing: try edited(line, data: ["entry_time": "2025-06-30"])).event
    #expect(event.data["entry_time"] == "2025-06-30T23:59:59.999999999Z")
  }

  @Test("a tag type is read in any case and written in lower case") func tagType() throws {
    let line = try #require(try goldenLines("tag.created").first)
    let event = try CloudEvent(parsing: try edited(line, data: ["tag_type": "STRATEGY"])).event
    #expect(event.data["tag_type"] == "strategy")
    let other = try #require(try goldenLines("position.entered").first)
    #expect(refusal(try edited(other, data: ["position_type": "lc"]))?.code == "FB-EVENT-009")
  }

  @Test("a text longer than 64 KiB is refused") func longText() throws {
    let line = try #require(try goldenLines("batch.failed").first)
    let longest = String(repeating: "x", count: 65_536)
    #expect(refusal(try edited(line, data: ["error_message": .string(longest)])) == nil)
    let error = refusal(try edited(line, data: ["error_message": .string(longest + "x")]))
    #expect(error?.code == "FB-EVENT-010" && error?.field == "error_message")
    // What the catalogue does not know has a limit as well.
    let huge = JSONValue.string(String(repeating: "x", count: 1_048_576))
    #expect(refusal(try edited(line, data: ["new_field": huge]))?.code == "FB-EVENT-010")
    #expect(refusal(try edited(line, attributes: ["newattribute": huge]))?.code == "FB-EVENT-003")
  }

  @Test("an event made by a program is held against the same limits") func validation() throws {
    var event = Event(
      id: .minted(occurrence: 0), effective: .init(nanosecondsSinceEpoch: 0), source: "program",
      payload: .priceTicked(PriceTicked(symbol: "AAPL", price: 1)))
    #expect(throws: Never.self) { try event.validate() }
    event.payload = .priceTicked(PriceTicked(symbol: "AAPL", price: -1))
    #expect(throws: EventError.self) { try event.validate() }
    event.payload = .priceTicked(PriceTicked(symbol: "A A", price: 1))
    #expect(throws: EventError.self) { try event.validate() }
    event.payload = .userRegistered(UserRegistered(user: "alice", role: .viewer))
    let missing = #expect(throws: EventError.self) { try event.validate() }
    #expect(missing?.code == "FB-EVENT-005" && missing?.field == "username")
    event.payload = .dayClosed(DayClosed(date: .blank))
    event.source = ""
    let source = #expect(throws: EventError.self) { try event.validate() }
    #expect(source?.code == "FB-EVENT-003" && source?.field == "source")
  }
}
