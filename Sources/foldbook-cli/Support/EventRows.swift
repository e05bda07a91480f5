import Events
import ExactNumbers
import Foldbook
import Records

/// Events as rows of an answer: for people when, what and with which data; for programs the
/// CloudEvents object.
struct EventRows {
  let columns: [AnswerColumn]
  private let isForPeople: Bool
  init(_ format: OutputFormat) {
    isForPeople = format == .table || format == .md
    columns =
      isForPeople
      ? [
        .number("sequence"), AnswerColumn("recordedtime"), AnswerColumn("time"),
        AnswerColumn("type"), AnswerColumn("data"),
      ]
      : [
        .number("sequence"), AnswerColumn("id"), AnswerColumn("type"), AnswerColumn("time"),
        AnswerColumn("recordedtime"), AnswerColumn("subject"), AnswerColumn("source"),
        AnswerColumn("actor"), AnswerColumn("correlationid"), AnswerColumn("causationid"),
        AnswerColumn("data"),
      ]
  }

  /// The event's columns, and the object that it is as JSON.
  func row(
    of event: Event, in book: Book
  ) throws -> (values: [JSONValue], object: JSONValue) {
    let object = event.cloudEvent(idText: try book.idText(of: event))
    if !isForPeople { return (columns.map { object[$0.name] ?? .null }, object) }
    let values: [JSONValue] = [
      .sequence(event.sequence), .text(event.recorded?.shortText),
      .string(event.effective.shortText),
      .string(event.kindName), .string(Self.summary(event.data)),
    ]
    return (values, object)
  }

  /// `symbol=AAPL quantity=100`, all of it: what a terminal cannot show is not lost in a file.
  private static func summary(_ data: JSONValue) -> String {
    guard case .object(let members) = data else { return data.plainText }
    return members.map { "\($0.name)=\($0.value.plainText)" }.joined(separator: " ")
  }
}

extension Instant {
  /// For people: the date alone where its end is meant, else to the second.
  var shortText: String {
    if self == date.end { return date.description }
    let text = description
    guard let point = text.firstIndex(of: ".") else { return text }
    return text[..<point] + "Z"
  }
}
