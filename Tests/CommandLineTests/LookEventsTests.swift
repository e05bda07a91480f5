import Events
import Records
import TestSupport
import Testing

@Suite struct LookingAtEvents {
  /// The commands of the contract that this version has, in its order.
  private static let commands = [
    "init", "status", "enter", "exit", "correct", "void", "tag", "cash", "price", "portfolio",
    "append", "import", "batch", "positions", "greeks", "factors", "correlations", "risk",
    "stress", "shorts", "snapshots", "attribution", "reference", "log", "show", "sql", "verify",
    "project", "seal", "export", "schema", "completion", "version",
  ]

  @Test("every command is in the help, and has help of its own")
  func help() throws {
    let help = try Program.run(["--help"])
    #expect(help.status == 0)
    let lines = help.output.split(separator: "\n")
    for command in Self.commands {
      #expect(lines.contains { $0.hasPrefix("  \(command) ") }, "\(command)")
    }
  }

  @Test("every command has help of its own", arguments: commands)
  func help(command: String) throws {
    let help = try Program.run(["help", command])
    #expect(help.status == 0)
    #expect(help.output.contains("USAGE: foldbook \(command)"))
  }

  @Test(
    "statuses say why a command failed",
    arguments: [
      (["-C", "/nowhere", "positions"], 66, "FB-BOOK-001"), (["positions"], 66, "FB-CLI-002"),
      (["-C", "BOOK", "positions", "--as-of", "2005-02-30"], 64, "FB-CLI-001"),
      (["-C", "BOOK", "positions", "--portfolio", "none"], 66, "FB-BOOK-016"),
      (["-C", "BOOK", "positions", "-b", "none"], 66, "FB-BOOK-005"),
      (["-C", "BOOK", "positions", "--known-at", "#999999"], 66, "FB-BOOK-010"),
      (["-C", "BOOK", "positions", "--where", "colour:red"], 64, "FB-CLI-001"),
      (["-C", "BOOK", "show", "@none"], 66, "FB-BOOK-010"),
      (["-C", "BOOK", "log", "--kind", "none"], 64, "FB-CLI-001"),
      (["-C", "BOOK", "log", "--since", "2025-01-02", "--until", "2025-01-01"], 64, "FB-CLI-001"),
      (["-C", "BOOK", "export", "events", "--to", "csv"], 64, "FB-CLI-001"),
      (["-C", "BOOK", "project", "rebuild", "none"], 64, "FB-PROJ-010"),
      (["schema", "none"], 64, "FB-CLI-001"), (["completion", "none"], 64, "FB-CLI-001"),
      (["nonsense"], 64, "FB-CLI-001"),
    ])
  func statuses(arguments: [String], status: Int, code: String) throws {
    let book = try SharedBooks.small()
    let outcome = try Program.run(arguments.map { $0 == "BOOK" ? book : $0 } + ["--json"])
    #expect(outcome.status == Int32(status), "\(outcome.error)")
    #expect(outcome.output.isEmpty)
    let last = try JSONValue(parsing: String(outcome.error.split(separator: "\n").last ?? ""))
    #expect(last["message_type"]?.text == "exit_error")
    #expect(last["code"]?.text == code)
  }

  @Test("the log is newest last, and its rows are CloudEvents objects")
  func log() throws {
    let book = try SharedBooks.history()
    let all = try Program.run(["-C", book, "log", "--limit", "3", "--json"])
    let head = try #require(try all.json["head"]?.digits.flatMap { Int($0) })
    #expect(try all.rows.map { $0["sequence"]?.text } == (head - 2...head).map { "\($0)" })
    #expect(try all.rows.allSatisfy { $0["specversion"]?.text == "1.0" })

    let exits = try Program.run([
      "-C", book, "log", "--kind", "position.*", "--symbol", "AAPL", "--limit", "2", "--json",
    ]).rows
    #expect(exits.count == 2)
    #expect(exits.allSatisfy { $0["type"]?.text?.hasPrefix("position.") == true })
    let numbers = exits.compactMap { $0["sequence"]?.text.flatMap { Int($0) } }
    #expect(numbers == numbers.sorted())

    let day = try Program.run([
      "-C", book, "log", "--since", "2008-10-08T12:00:00Z", "--until", "2008-10-09T12:00:00Z",
      "--json",
    ]).rows
    let recorded = day.compactMap { $0["recordedtime"]?.text }
    #expect(!recorded.isEmpty)
    #expect(recorded.allSatisfy { $0 >= "2008-10-08T12" && $0 <= "2008-10-09T12:00:00Z" })
  }

  @Test("one event is found by its sequence and by its id")
  func show() throws {
    let book = try SharedBooks.history()
    let event = try Program.run(["-C", book, "show", "demo-portfolio", "--json"])
    #expect(try event.rows.first?["id"]?.text == "demo-portfolio")
    let sequence = try #require(try event.rows.first?["sequence"]?.text)
    for name in [sequence, "#\(sequence)", "@demo-portfolio"] {
      #expect(try Program.run(["-C", book, "show", name, "--json"]).output == event.output)
    }
    let table = try Program.run(["-C", book, "show", sequence]).output
    #expect(table.contains("data.portfolio    tech-ls"))
  }

  @Test("the catalogue names every kind and every field")
  func schema() throws {
    let answer = try Program.run(["schema", "--json"]).json
    let kinds = answer["kinds"]?.elements ?? []
    #expect(kinds.map { $0["name"]?.text } == EventCatalog.kinds.map(\.name))
    for (kind, description) in zip(kinds, EventCatalog.kinds) {
      #expect(kind["number"]?.digits == "\(description.number.rawValue)")
      #expect(
        kind["fields"]?.elements.compactMap { $0["name"]?.text }
          == description.storedFields.map(\.name))
    }
    let text = try Program.run(["schema"]).output
    for kind in EventCatalog.kinds { #expect(text.contains(kind.name)) }
    let one = try Program.run(["schema", "position.entered"]).json
    #expect(one["properties"]?["type"]?["const"]?.text == "position.entered")
    let envelope = try Program.run(["schema", "envelope"]).json
    #expect(envelope["properties"]?["type"]?["enum"]?.elements.count == EventCatalog.kinds.count)
  }

  @Test("completion scripts name the commands", arguments: ["bash", "zsh", "fish"])
  func completion(shell: String) throws {
    let script = try Program.run(["completion", shell])
    #expect(script.status == 0)
    for command in Self.commands { #expect(script.output.contains(command), "\(command)") }
  }
}
