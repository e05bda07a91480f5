import ArgumentParser
import Events
import Interchange
import Records

/// `foldbook schema`
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "The catalogue of events, or the JSON Schema of one kind",
    discussion: """
      Without a name: every kind with its number and fields. With the name of a kind: the JSON \
      Schema (2020-12) of its CloudEvents object. 'envelope': that of what all kinds share.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp("A kind, as position.entered, or 'envelope'", valueName: "name"))
  var name: String?

  func run() throws {
    guard let name else { return try writeCatalogue() }
    let schema: JSONValue
    if name == "envelope" {
      schema = EventCatalog.envelopeSchema
    } else if let kind = EventCatalog.kind(named: name) {
      schema = EventCatalog.jsonSchema(of: kind)
    } else {
      throw CommandFailure.usage(
        "there is no kind of event '\(name)': 'foldbook schema' lists all; 'envelope' is the "
          + "schema of what they share")
    }
    // A schema is for validators, so it stands alone whatever form is asked for.
    try write(schema.prettyText + "\n")
  }

  private func write(_ text: String) throws {
    let output = try ByteOutput(path: options.output ?? "-")
    try output.write(text)
    try output.finish()
  }

  private func writeCatalogue() throws {
    if options.resolvedFormat == .table { return try write(EventCatalog.description + "\n") }
    var answer = Answer("schema")
    answer.extra = [JSONMember("kinds", .array(EventCatalog.kinds.map(\.json)))]
    var writer = try AnswerWriter(
      answer,
      columns: [
        AnswerColumn("kind"), .number("kind_number"), AnswerColumn("field"), .number("number"),
        AnswerColumn("type"), AnswerColumn("unit"), AnswerColumn("required"),
        AnswerColumn("meaning"),
      ], options: options)
    for kind in EventCatalog.kinds {
      for field in kind.fields {
        try writer.row([
          .string(kind.name), .integer(Int(kind.number.rawValue)), .string(field.name),
          .integer(Int(field.number.rawValue)), .string(field.type.description), .text(field.unit),
          .bool(field.isRequired), .string(field.meaning),
        ])
      }
    }
    try writer.finish()
  }
}

extension KindDescription {
  /// With the fields that only the ledger writes, since they stand in the log too.
  fileprivate var json: JSONValue {
    let names = Set(fields.map(\.name))
    return [
      "number": .integer(Int(number.rawValue)), "name": .string(name),
      "meaning": .string(declaration.meaning),
      "fields": .array(
        storedFields.map { field in
          [
            "number": .integer(Int(field.number.rawValue)), "name": .string(field.name),
            "type": .string(field.type.description), "unit": .text(field.unit),
            "required": .bool(field.isRequired), "meaning": .string(field.meaning),
            "limits": .string(field.limits),
            "stored_only": .bool(!names.contains(field.name)),
          ]
        }),
    ]
  }
}
