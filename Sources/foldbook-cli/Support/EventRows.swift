import Events
import ExactNumbers
import Foldbook
import Records

/// Events as rows of an answer: for people when, what and with which data; for programs the
/// CloudEvents object.
///
/// On a what-if branch each says which branch's log it is in.
struct EventRows {
  let columns: [AnswerColumn]
  private let book: Book
  private let isForPeople: Bool
  private let showsBranch: Bool

  /// - Parameter showsBranch: False for events that are of one log, or yet of none.
  init(_ book: Book, _ format: OutputFormat, showsBranch: Bool = true) {
    self.book = book
    self.showsBranch = showsBranch && book.isWhatIf
    isForPeople = format.isForPeople
    var columns: [AnswerColumn] =
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
    if self.showsBranch { columns.insert(AnswerColumn("branch"), at: 1) }
    self.columns = columns
  }

  /// The event's columns, and the object that it is as JSON.
  func row(of event: Event) throws -> (values: [JSONValue], object: JSONValue) {
    var object = event.cloudEvent(idText: try book.idText(of: event))
    let branch = event.sequence.flatMap { showsBranch ? book.branchName(of: $0) : nil }
    if let branch, case .object(var members) = object {
      members.append(JSONMember("branch", .string(branch)))
      if let flowed = event.sequence?.flowed, flowed > 0 {
        members.append(JSONMember("flowed", .integer(Int(flowed))))
      }
      object = .object(members)
    }
    if !isForPeople { return (columns.map { object[$0.name] ?? .null }, object) }
    var values: [JSONValue] = [
      .text(event.sequence?.description), .text(event.recorded?.shortText),
      .string(event.effective.shortText),
      .string(event.kindName), .string(Self.summary(event.data)),
    ]
    if showsBranch { values.insert(.text(branch), at: 1) }
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
