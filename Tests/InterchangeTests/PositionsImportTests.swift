import Events
import ExactNumbers
import Interchange
import Records
import TestSupport
import Testing

/// The rules of domain/api.md, section 3, that need the book, and the events an import gives.
@Suite struct PositionsImports {
  private static let header = "ticker,quantity,entry_price,entry_date,tags\n"
  private static let effective = CivilDate(known: "2024-06-28")

  @Test("a row becomes an entry, its tags and a share of one deposit")
  func events() throws {
    let (events, report) = try plan(
      "AAPL,10,150.25,2024-01-16,\"core,#strategy:pairs\"\nMSFT,-2,400,2024-01-10,core\n",
      into: FakeBook())
    #expect(report.created == 2)
    #expect(
      events.map(\.kindName) == [
        "tag.created", "tag.created", "cash.moved", "position.entered", "position.tagged",
        "position.tagged", "position.entered", "position.tagged",
      ])
    for event in events {
      #expect(event.source == "/imports/positions-csv/book.csv")
      #expect(event.correlation == "import-1")
      #expect(event.id == .minted(occurrence: 0))
    }
    let created = events.compactMap { event -> (TagCreated, Instant)? in
      guard case .tagCreated(let tag) = event.payload else { return nil }
      return (tag, event.effective)
    }
    #expect(created.map(\.0.name) == ["core", "#strategy:pairs"])
    #expect(created.map(\.0.tagType) == [.regular, .strategy])
    #expect(created.map(\.1.date.description) == ["2024-01-10", "2024-01-16"])
    guard case .cashMoved(let deposit) = events[2].payload,
      case .positionEntered(let apple) = events[3].payload,
      case .positionEntered(let microsoft) = events[6].payload
    else {
      Issue.record("other events than expected: \(events)")
      return
    }
    // 10 · 150.25 − 2 · 400, there from the first entry on.
    #expect(deposit.amount.description == "702.5")
    #expect(deposit.reason == .deposit)
    #expect(events[2].effective == CivilDate(known: "2024-01-10").end)
    #expect(events[2].causation == "import-1")
    #expect(apple.quantity == 10 && apple.positionType == .long)
    #expect(events[3].effective == CivilDate(known: "2024-01-16").end)
    #expect(microsoft.quantity == 2 && microsoft.positionType == .short)
    #expect(apple.position.rawValue.utf8.count == 36)
    #expect(Array(apple.position.rawValue)[14] == "8")
  }

  @Test("an option's entry says its terms")
  func option() throws {
    let (events, _) = try plan("AAPL250815P00200500,-100,4.50,2024-01-22,\n", into: FakeBook())
    guard case .cashMoved(let movement)? = events.first?.payload,
      case .positionEntered(let entry)? = events.last?.payload
    else {
      Issue.record("other events than expected: \(events)")
      return
    }
    #expect(entry.positionType == .shortPut && entry.quantity == 100)
    #expect(entry.underlying == "AAPL")
    #expect(entry.strike?.description == "200.5")
    #expect(entry.expiration?.description == "2025-08-15")
    // A short sale brings in: cash is left as it was by taking that out again.
    #expect(movement.amount.description == "-45000" && movement.reason == .withdrawal)
  }

  @Test("importing leaves cash as it was, to the last place")
  func cash() throws {
    for seed in UInt64(1)...100 {
      var random = SeededGenerator(seed: seed)
      var text = ""
      for index in 0..<Int.random(in: 1...8, using: &random) {
        let quantity = Int.random(in: 1...999_999, using: &random)
        let price = Int.random(in: 1...999_999_999, using: &random)
        let sign = Bool.random(using: &random) ? "-" : ""
        let ticker = Bool.random(using: &random) ? "S\(index)" : "AAPL250815P00200000"
        text += "\(ticker),\(sign)\(quantity / 1_000).\(1 + quantity % 999),"
        text += "\(price / 100_000).\(String(price % 100_000 + 100_000).dropFirst()),2024-01-02,\n"
      }
      var book = FakeBook()
      let (events, report) = try plan(text, into: book)
      #expect(report.errorCount == 0, "seed \(seed): \(report.errors)")
      try book.append(events)
      #expect(book.cash.isZero, "seed \(seed): \(book.cash)")
    }
  }

  @Test("the same file again changes nothing, also in another order")
  func idempotent() throws {
    let rows = [
      "AAPL,10,150,2024-01-16,core\n", "AAPL,10,150,2024-01-16,core\n",
      "AAPL,10,150.0,2024-01-16,\n",
      "MSFT,5,400,2024-01-16,tech\n",
    ]
    var book = FakeBook()
    let (first, created) = try plan(rows.joined(), into: book)
    #expect(created.created == 4)
    try book.append(first)
    #expect(book.holdings.count == 4)
    let (again, second) = try plan(rows.joined(), into: book)
    #expect(again.isEmpty)
    #expect(second.unchanged == 4 && second.created == 0 && second.errorCount == 0)
    let (reversed, _) = try plan(rows.reversed().joined(), into: book)
    // The three equal rows changed places among themselves: only a tag could be new.
    #expect(!reversed.contains { $0.kindName == "position.entered" || $0.kindName == "cash.moved" })
  }

  @Test("equal rows of a file are separate positions")
  func occurrences() throws {
    let row = "AAPL,10,150,2024-01-16,\n"
    let (events, _) = try plan(row + row + row, into: FakeBook())
    let ids = events.compactMap { event -> PositionID? in
      guard case .positionEntered(let entry) = event.payload else { return nil }
      return entry.position
    }
    #expect(ids.count == 3 && Set(ids).count == 3)
    let (two, _) = try plan(row + row, into: FakeBook())
    #expect(two.dropFirst().compactMap(\.entered) == Array(ids.prefix(2)))
  }

  @Test("rows added to the file are entered and paid for alone")
  func addedRows() throws {
    var book = FakeBook()
    let row = "AAPL,10,150,2024-01-16,\n"
    for count in 1...3 {
      let (events, report) = try plan(String(repeating: row, count: count), into: book)
      #expect(report.created == 1 && report.unchanged == count - 1)
      #expect(events.map(\.kindName) == ["cash.moved", "position.entered"])
      try book.append(events)
      #expect(book.holdings.count == count)
      // Each deposit has an id of its own, though they are of the same amount on the same day.
      #expect(book.cash.isZero)
    }
  }

  @Test("a new tag on an old row updates its position and takes none off")
  func updatedTags() throws {
    var book = FakeBook()
    try book.append(try plan("AAPL,10,150,2024-01-16,core\n", into: book).events)
    let (events, report) = try plan("AAPL,10,150,2024-01-16,Growth\n", into: book)
    #expect(report.updated == 1 && report.created == 0)
    #expect(events.map(\.kindName) == ["tag.created", "position.tagged"])
    try book.append(events)
    #expect(book.holdings.values.map(\.state.tags.count) == [2])
  }

  @Test("a tag that the owner has, in whatever case, is used and not created")
  func knownTags() throws {
    var book = FakeBook()
    book.tags = [(id: "t1", name: "Core", owner: "ann"), (id: "t2", name: "core", owner: "bob")]
    let (events, _) = try plan("AAPL,10,150,2024-01-16,CORE\n", into: book, owner: "ann")
    #expect(events.map(\.kindName) == ["cash.moved", "position.entered", "position.tagged"])
    guard case .positionTagged(let tagged)? = events.last?.payload else { return }
    #expect(tagged.tag == "t1")
  }

  @Test("a hundred tags an owner are the limit")
  func tagLimit() throws {
    var book = FakeBook()
    book.tags = (1...99).map { (id: TagID("t\($0)"), name: "tag \($0)", owner: nil) }
    let fits = try plan("AAPL,10,150,2024-01-16,\"new,tag 5\"\n", into: book)
    #expect(fits.report.errorCount == 0)
    let (events, report) = try plan(
      "AAPL,10,150,2024-01-16,new\nMSFT,1,1,2024-01-16,more\nIBM,1,1,2024-01-16,NEW\n", into: book,
      skipsInvalidRows: true)
    #expect(report.errors.map(\.code) == ["too_many_tags"])
    #expect(report.errors.map(\.row) == [3])
    #expect(events.compactMap(\.entered).count == 2)
  }

  @Test("what another source entered on the same day is a duplicate")
  func duplicate() throws {
    var book = FakeBook()
    book.holdings["p"] = FakeBook.Holding(
      portfolio: "main", symbol: "AAPL", entryDate: CivilDate(known: "2024-01-16"), source: "/cli")
    let (events, report) = try plan(
      "AAPL,10,150,2024-01-16,\nAAPL,10,150,2024-01-17,\nMSFT,10,150,2024-01-16,\n", into: book)
    #expect(report.errors.map(\.code) == ["duplicate"])
    #expect(report.errors.map(\.row) == [2])
    #expect(events.isEmpty && report.created == 0)
    book.holdings["p"]?.state.isVoided = true
    #expect(try plan("AAPL,10,150,2024-01-16,\n", into: book).report.created == 1)
  }

  @Test(
    "more than five years back needs prices that reach there",
    arguments: [
      ("2019-06-28", false, nil), ("2019-06-27", false, "error"), ("2019-06-27", true, "warning"),
    ] as [(String, Bool, String?)])
  func tooOld(date: String, hasPrices: Bool, outcome: String?) throws {
    var book = FakeBook()
    if hasPrices { book.firstPrices["AAPL"] = CivilDate(known: date) }
    let (events, report) = try plan("AAPL,10,150,\(date),\n", into: book)
    #expect(report.errors.map(\.code) == (outcome == "error" ? ["too_old"] : []))
    #expect(report.warnings.map(\.code) == (outcome == "warning" ? ["too_old"] : []))
    #expect(events.isEmpty == (outcome == "error"))
  }

  @Test("five years before a leap day is the day before")
  func leapDay() throws {
    let (events, _) = try plan(
      "AAPL,10,150,2019-02-28,\n", into: FakeBook(), effective: CivilDate(known: "2024-02-29"))
    #expect(!events.isEmpty)
    let (none, report) = try plan(
      "AAPL,10,150,2019-02-27,\n", into: FakeBook(), effective: CivilDate(known: "2024-02-29"))
    #expect(none.isEmpty && report.errors.map(\.code) == ["too_old"])
  }

  @Test("one bad row stops the file, unless bad rows are to be skipped")
  func allOrNothing() throws {
    let text = "AAPL,10,150,2024-01-16,\nMSFT,0,400,2024-01-16,bad row's tag\nIBM,1,2,2024-01-16,\n"
    let (none, refused) = try plan(text, into: FakeBook())
    #expect(none.isEmpty && refused.created == 0 && refused.rows == 3)
    let (events, report) = try plan(text, into: FakeBook(), skipsInvalidRows: true)
    #expect(report.created == 2 && report.errors.map(\.row) == [3])
    #expect(events.map(\.kindName) == ["cash.moved", "position.entered", "position.entered"])
  }

  @Test("a row keeps its id when the bad row before it is mended")
  func mendedRow() throws {
    let good = "AAPL,10,150,2024-01-16,\n"
    let (some, _) = try plan(
      "MSFT,x,1,2024-01-16,\n" + good, into: FakeBook(), skipsInvalidRows: true)
    let (all, _) = try plan("MSFT,3,1,2024-01-16,\n" + good, into: FakeBook())
    #expect(some.compactMap(\.entered).last == all.compactMap(\.entered).last)
  }

  @Test("a position that was voided since stays so, and the report says it")
  func voided() throws {
    var book = FakeBook()
    try book.append(try plan("AAPL,10,150,2024-01-16,core\n", into: book).events)
    for id in book.holdings.keys {
      book.holdings[id]?.state = KnownPosition(isVoided: true, tags: [])
    }
    let (events, report) = try plan("AAPL,10,150,2024-01-16,core\n", into: book)
    #expect(events.isEmpty)
    #expect(report.unchanged == 1 && report.warnings.map(\.code) == ["voided"])
  }

  @Test("what was written out is read in again as it was")
  func roundTrip() throws {
    let text =
      Self.header + "AAPL,10,150.25,2024-01-16,\"core,tech\"\nBRK.B,-0.5,440,2024-01-16,\n"
      + "AAPL250815P00200000,-100,4.5,2024-01-22,options_overlay\n"
    let file = try read(text, Self.effective)
    let written =
      PositionsCSVWriter.header()
      + file.positions.map {
        PositionsCSVWriter.line(
          ticker: $0.symbol.rawValue, quantity: $0.quantity.description,
          entryPrice: $0.entryPrice.description, entryDate: $0.entryDate, tags: $0.tags)
      }.joined()
    #expect(written == text)
    #expect(try read(written, Self.effective).positions == file.positions)
  }

  @Test("the report has the documented names")
  func report() throws {
    let (_, report) = try plan("AAPL,10,150,2024-01-16,\nMSFT,0,1,2024-01-16,\n", into: FakeBook())
    #expect(report.json["positions_created"] == 0)
    #expect(report.json["positions_updated"] == 0)
    #expect(report.json["warnings"] == [])
    guard case .array(let errors)? = report.json["errors"] else {
      Issue.record("no errors in \(report.json)")
      return
    }
    #expect(errors.map { $0["row"] } == [3])
    #expect(errors.map { $0["code"] } == ["zero_quantity"])
    #expect(errors.first?["message"]?.text?.isEmpty == false)
  }

  @Test(
    "a file's source is its name, wherever it lies",
    arguments: [
      ("book.csv", "book.csv"), ("/a/b/book.csv", "book.csv"), ("./my book.csv", "my%20book.csv"),
      ("é.csv", "%C3%A9.csv"), ("-", "stdin"),
    ])
  func sources(path: String, name: String) {
    #expect(ImportFormat.positionsCSV.source(file: path) == "/imports/positions-csv/\(name)")
  }

  private func plan(
    _ rows: String, into book: FakeBook, owner: UserID? = nil, skipsInvalidRows: Bool = false,
    effective: CivilDate = Self.effective
  ) throws -> (events: [Event], report: ImportReport) {
    let request = PositionsImport(
      portfolio: "main", owner: owner, source: ImportFormat.positionsCSV.source(file: "book.csv"),
      correlation: "import-1", skipsInvalidRows: skipsInvalidRows, identity: testIdentity)
    return try request.plan(try read(Self.header + rows, effective), context: book)
  }

  private func read(_ text: String, _ effective: CivilDate) throws -> PositionsFile {
    try PositionsFile(ByteInput(bytes: Array(text.utf8), name: "memory"), effective: effective)
  }
}

extension Event {
  fileprivate var entered: PositionID? {
    guard case .positionEntered(let entry) = payload else { return nil }
    return entry.position
  }
}
