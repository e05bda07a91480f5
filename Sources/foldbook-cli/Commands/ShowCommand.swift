import ArgumentParser
import Events
import Foldbook
import Records

/// `foldbook show`
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One event, with all that it says")

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: ArgumentHelp("A sequence (12 or #12) or an id (@ID, or the bare id)", valueName: "event"))
  var event: String

  func run() throws {
    let session = try BookSession(options)
    let found = try find(in: session.book)
    let (_, object) = try EventRows(session.book, options.resolvedFormat).row(of: found)
    var writer = try session.writer(
      session.answer("event"), columns: [AnswerColumn("attribute"), AnswerColumn("value")])
    if options.resolvedFormat.isJSON {
      try writer.row([], object: object)
    } else {
      for (name, value) in attributes(of: object) { try writer.row([.string(name), value]) }
    }
    try writer.finish()
    try session.finish()
  }

  private func find(in book: Book) throws -> Event {
    let id = event.hasPrefix("@") ? String(event.dropFirst()) : event
    if case .sequence(let sequence)? = try? TimeArgument(event, takesBareSequence: true).meaning {
      let point = try book.point(knownAt: .sequence(sequence)).point
      if let event = try book.event(at: point.knownAt) { return event }
      throw BookError.unknownPoint(
        text: "#0", reason: "it stands before the first event", range: "sequences run from #1")
    }
    let sequence = try book.point(knownAt: .event(id: id)).point.knownAt
    guard let event = try book.event(at: sequence) else {
      preconditionFailure("an id that was found has an event")
    }
    return event
  }

  /// The envelope's attributes, then the fields of the data.
  private func attributes(of object: JSONValue) -> [(String, JSONValue)] {
    guard case .object(let members) = object else { return [] }
    return members.flatMap { member -> [(String, JSONValue)] in
      guard member.name == "data", case .object(let fields) = member.value else {
        return [(member.name, member.value)]
      }
      return fields.map { ("data.\($0.name)", $0.value) }
    }
  }
}
