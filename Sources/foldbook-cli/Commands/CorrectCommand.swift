import ArgumentParser
import Events
import ExactNumbers
import Records

struct CorrectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "correct", abstract: "Restate an entry, or one exit, from its beginning",
    discussion: """
      foldbook correct core-2003-aapl --set entry_price=14.62 --set quantity=120 --reason 'typo'
      foldbook correct core-2003-aapl --exit x7 --set exit_time=2004-03-01 --reason 'broker'

      What was known before stays what it was: see --known-at. Fields of an entry: quantity, \
      entry_price, entry_time, symbol, position_type, fees; of an exit: quantity, exit_price, \
      exit_time, fees.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var recording: RecordingOptions

  @Argument(help: "Id of the position")
  var position: String

  @Option(help: ArgumentHelp("Id of the exit that is restated, not the entry", valueName: "id"))
  var exit: String?

  @Option(
    name: [.customLong("set")],
    help: ArgumentHelp("What it really was; again for more", valueName: "field=value"))
  var fields: [String]

  @Option(help: "Why it is corrected")
  var reason: String

  mutating func run() throws {
    let assignments = try fields.map { text throws(CommandFailure) in
      try FieldAssignment(text, ofExit: exit != nil)
    }
    if let again = assignments.firstRepeated(\.name) {
      throw CommandFailure.usage("--set gives \(again) twice")
    }
    let factory = try EventFactory(options, recording)
    var members = [
      JSONMember("position", .string(position)), JSONMember("reason", .string(reason)),
    ]
    if let exit { members.append(JSONMember("exit", .string(exit))) }
    for assignment in assignments {
      members.append(JSONMember(assignment.name, try assignment.value(in: factory.session)))
    }
    try factory.append([
      factory.event(.positionCorrected(try PositionCorrected(data: .object(members))))
    ])
  }
}

/// `FIELD=VALUE`, held against the fields that a correction may have.
private struct FieldAssignment {
  let name: String
  private let text: String
  private let type: PayloadFieldType

  /// Short names, as they stand in tables and files.
  private static let otherNames = [
    "ticker": "symbol", "type": "position_type", "entry_date": "entry_time",
    "exit_date": "exit_time",
  ]

  init(_ assignment: String, ofExit: Bool) throws(CommandFailure) {
    guard let equals = assignment.firstIndex(of: "=") else {
      throw .usage("'\(assignment)' of --set: expected FIELD=VALUE")
    }
    let given = assignment[..<equals].lowercased().replacing("-", with: "_")
    let name =
      switch given {
      case "price", "time", "date":
        (ofExit ? "exit_" : "entry_") + (given == "date" ? "time" : given)
      default: Self.otherNames[given] ?? given
      }
    let known = PositionCorrected.fields.map(\.declaration).filter {
      !$0.isRequired && !$0.isHidden && $0.name != "exit"
    }
    guard let declaration = known.first(where: { $0.name == name }) else {
      throw .usage(
        """
        there is no field '\(given)' to correct: expected one of \
        \(known.map(\.name).joined(separator: ", "))
        """)
    }
    self.name = name
    text = String(assignment[assignment.index(after: equals)...])
    type = declaration.type
  }

  func value(in session: BookSession) throws -> JSONValue {
    switch type {
    case .decimal: .decimal(try DecimalArgument(text).value)
    case .instant: .time(try session.effectiveTime(TimeArgument(text)))
    case .symbol: .string(symbolArgument(text).rawValue)
    default: .string(name == "position_type" ? text.uppercased() : text)
    }
  }
}

extension Array {
  /// The first value that two elements share.
  fileprivate func firstRepeated<Value: Hashable>(_ value: (Element) -> Value) -> Value? {
    var seen: Set<Value> = []
    return lazy.map(value).first { !seen.insert($0).inserted }
  }
}
