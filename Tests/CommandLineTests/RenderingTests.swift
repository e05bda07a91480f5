import ExactNumbers
import Records
import Testing

@testable import foldbook_cli

@Suite struct Renderings {
  private static let columns: [AnswerColumn] = [
    AnswerColumn("ticker"), .number("quantity", unit: "shares"), AnswerColumn("tags"),
    AnswerColumn("id", isDetail: true),
  ]
  private static let rows: [[JSONValue]] = [
    ["AAPL", 85, ["core", "tech"], "p1"],
    ["BRK.B", .decimal(try? ExactDecimal("-0.5")), [], "p2"],
    ["a|b\n", .null, .null, "p3"],
  ]

  private static var answer: Answer {
    var answer = Answer("positions")
    answer.book = "b1"
    answer.branch = "main"
    answer.asOf = Answer.AsOf(
      requested: "2005-02-25", time: Instant("2005-02-25T23:59:59Z") ?? .distantPast)
    answer.knownAt = Answer.KnownAt(requested: nil, sequence: EventSequence(9))
    answer.head = EventSequence(12)
    return answer
  }

  @Test("a table has numbers on the right, units in its heading and no control characters")
  func table() throws {
    let text = try rendered { TableRenderer(style: Style(isColored: false), emit: $0, note: $1) }
    #expect(
      text == """
        as of 2005-02-25T23:59:59Z, known at #9, head #12
        ticker  quantity (shares)  tags
        ------  -----------------  ---------
        AAPL                   85  core,tech
        BRK.B                -0.5
        a|b␊                    –  –
        | warning: one price is stale

        """)
  }

  @Test("an answer without rows says so to people, and to programs by its rows")
  func empty() throws {
    #expect(
      try rendered(rows: []) { TableRenderer(style: Style(isColored: false), emit: $0, note: $1) }
        .contains("nothing found\n"))
    let json = try JSONValue(parsing: rendered(rows: []) { emit, _ in JSONRenderer(emit: emit) })
    #expect(json["rows"] == [])
  }

  @Test("the JSON document is the documented one")
  func json() throws {
    let text = try rendered { emit, _ in JSONRenderer(emit: emit) }
    let json = try JSONValue(parsing: text)
    guard case .object(let members) = json else {
      Issue.record("no object: \(text)")
      return
    }
    #expect(
      members.map(\.name) == [
        "schema", "schema_version", "book", "branch", "as_of", "known_at", "head", "rows",
        "warnings",
      ])
    #expect(json["schema"] == "foldbook.positions")
    #expect(json["schema_version"] == 1)
    #expect(json["as_of"] == ["requested": "2005-02-25", "time": "2005-02-25T23:59:59Z"])
    #expect(json["known_at"] == ["requested": .null, "sequence": 9])
    #expect(json["warnings"] == ["one price is stale"])
    guard case .array(let rows)? = json["rows"] else { return }
    #expect(rows.count == 3)
    #expect(rows[0] == ["ticker": "AAPL", "quantity": 85, "tags": ["core", "tech"], "id": "p1"])
    #expect(rows[1]["quantity"]?.compactText == "-0.5")
    #expect(rows[2]["quantity"] == .null)
  }

  @Test("NDJSON has a message a line: the head, the rows, the end")
  func ndjson() throws {
    let lines = try rendered { emit, _ in NDJSONRenderer(emit: emit) }
      .split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(lines.map { $0["message_type"]?.text } == ["answer", "row", "row", "row", "end"])
    #expect(lines.first?["schema"] == "foldbook.positions")
    #expect(lines.last?["rows"] == 3)
    #expect(lines.last?["warnings"] == ["one price is stale"])
  }

  @Test("CSV has all columns and nothing else; the head goes beside it")
  func csv() throws {
    let text = try rendered { CSVRenderer(emit: $0, note: $1) }
    #expect(
      text == """
        | as of 2005-02-25T23:59:59Z, known at #9, head #12
        ticker,quantity,tags,id
        AAPL,85,"core,tech",p1
        BRK.B,-0.5,,p2
        "a|b
        ",,,p3
        | warning: one price is stale

        """)
  }

  @Test("Markdown escapes what would end a cell")
  func markdown() throws {
    let text = try rendered { MarkdownRenderer(emit: $0, note: $1) }
    #expect(text.contains("| ticker | quantity (shares) | tags |\n| --- | ---: | --- |\n"))
    #expect(text.contains("| a\\|b␊ | – | – |\n"))
  }

  @Test("pictures are for tables on a terminal, and rounding for people")
  func pictures() throws {
    let columns: [AnswerColumn] = [
      AnswerColumn("factor"), .money("exposure", "USD"), .picture("exposure"), .percent("share"),
    ]
    let rows: [[JSONValue]] = [
      ["market", 1250000, 1250000, .eighth], ["size", .null, .null, .null],
    ]
    func rendered<Renderer: AnswerRenderer>(
      _ make: (@escaping (String) throws -> Void) -> Renderer
    ) throws -> String {
      let written = Written()
      var renderer = make { written.text += $0 }
      try renderer.begin(Answer("factors"), columns)
      for row in rows { try renderer.row(row) }
      try renderer.finish(warnings: [])
      return written.text
    }
    #expect(
      try rendered {
        TableRenderer(style: Style(isColored: false), emit: $0, note: { _ in })
      } == """
        factor  exposure (USD)  exposure      share (%)
        ------  --------------  ------------  ---------
        market    1,250,000.00  ████████████      12.50
        size                 –                        –

        """)
    #expect(
      try rendered { CSVRenderer(emit: $0, note: { _ in }) } == """
        factor,exposure,share
        market,1250000,0.125
        size,,

        """)
    let json = try JSONValue(parsing: try rendered { JSONRenderer(emit: $0) })
    #expect(
      json["rows"] == [
        ["factor": "market", "exposure": 1250000, "share": .eighth],
        ["factor": "size", "exposure": .null, "share": .null],
      ])
    #expect(
      try rendered { MarkdownRenderer(emit: $0, note: { _ in }) }
        .contains("| market | 1,250,000.00 | 12.50 |"))
  }

  @Test("a long table is written as it comes")
  func longTable() throws {
    var written = ""
    var renderer = TableRenderer(
      style: Style(isColored: false), emit: { written += $0 }, note: { _ in })
    try renderer.begin(Answer("log"), [AnswerColumn("kind"), .number("sequence")])
    for index in 1..<TableRenderer.measuredRowsMax { try renderer.row(["a", .integer(index)]) }
    #expect(written.isEmpty)
    try renderer.row(["a", 7])
    #expect(written.split(separator: "\n").count == TableRenderer.measuredRowsMax + 2)
    try renderer.row(["much wider than the others", 7])
    #expect(written.hasSuffix("much wider than the others         7\n"))
  }

  @Test(
    "wide characters take two columns, control characters none of the screen",
    arguments: [
      ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("😀", 2), ("", 0),
    ])
  func widths(text: String, width: Int) { #expect(displayWidth(text) == width) }

  @Test("escape sequences in data are shown, not obeyed")
  func controlCharacters() {
    #expect(printable("a\u{1B}[31mb\u{7F}\u{202E}c") == "a␛[31mb\u{FFFD}\u{FFFD}c")
    #expect(printable("plain é 日本") == "plain é 日本")
  }

  @Test(
    "colour is on only where somebody sees it",
    arguments: [
      (ColorChoice.auto, true, nil, nil, true), (.auto, false, nil, nil, false),
      (.auto, true, "1", nil, false), (.auto, true, "", nil, true),
      (.auto, true, nil, "dumb", false),
      (.never, true, nil, nil, false), (.always, false, "1", "dumb", true),
    ] as [(ColorChoice, Bool, String?, String?, Bool)])
  func color(
    choice: ColorChoice, isTerminal: Bool, noColor: String?, term: String?, expected: Bool
  ) {
    #expect(
      choice.isOn(isTerminal: isTerminal) { $0 == "NO_COLOR" ? noColor : term } == expected)
  }

  @Test("big scaled numbers keep all their digits")
  func scaledNumbers() {
    let money = Money(units: 123_456_789_012_345_678_901)
    #expect(JSONValue.scaled(money).compactText == "12345678901234567.8901")
    #expect(JSONValue.scaled(Money?.none) == .null)
  }

  /// The answer's text; what goes beside it begins with a bar.
  private func rendered<Renderer: AnswerRenderer>(
    rows: [[JSONValue]] = Self.rows,
    _ make: (@escaping (String) throws -> Void, @escaping (String) -> Void) -> Renderer
  ) throws -> String {
    let written = Written()
    var renderer = make({ written.text += $0 }, { written.text += "| \($0)\n" })
    try renderer.begin(Self.answer, Self.columns)
    for row in rows { try renderer.row(row) }
    try renderer.finish(warnings: ["one price is stale"])
    return written.text
  }

  private final class Written { var text = "" }
}

extension JSONValue {
  fileprivate static let eighth = JSONValue.decimal(try? ExactDecimal("0.125"))
}
