import ArgumentParser
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Give tags to positions, take them off, make and list tags",
    subcommands: [Add.self, Remove.self, Create.self, List.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a position tags", discussion: "foldbook tag add core-2003-aapl growth hedge")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var recording: RecordingOptions

    @Argument(help: "Id of the position")
    var position: String

    @Argument(help: "Names or ids of tags that exist")
    var tags: [String]

    mutating func run() throws {
      try record(position, tags, options, recording) {
        .positionTagged(PositionTagged(position: $0, tag: $1))
      }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take tags off a position", discussion: "foldbook tag remove core-2003-aapl hedge")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var recording: RecordingOptions

    @Argument(help: "Id of the position")
    var position: String

    @Argument(help: "Names or ids of tags")
    var tags: [String]

    mutating func run() throws {
      try record(position, tags, options, recording) {
        .positionUntagged(PositionUntagged(position: $0, tag: $1))
      }
    }
  }

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a tag",
      discussion: "foldbook tag create 'Covered calls' --type strategy --color '#2563EB'")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var recording: RecordingOptions

    @Argument(help: "What it is called")
    var name: String

    @Option(help: "What it is for: regular or strategy")
    var type = "regular"

    @Option(help: ArgumentHelp("Id of the tag (default: the event's id)", valueName: "id"))
    var tag: String?

    @Option(help: ArgumentHelp("Id of the user whose tag it is", valueName: "id"))
    var owner: String?

    @Option(help: ArgumentHelp("Its colour in charts", valueName: "#RRGGBB"))
    var tagColor: String?

    @Option(help: "In words")
    var description: String?

    mutating func run() throws {
      let type: TagType = try wordArgument(type, of: "tag type")
      let factory = try EventFactory(options, recording)
      let created = TagCreated(
        tag: TagID(tag ?? factory.id), name: name, tagType: type,
        owner: owner.map { UserID($0) }, color: tagColor, description: description)
      try factory.append([factory.event(.tagCreated(created))])
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the tags and how many open positions bear each",
      discussion: "foldbook tag list --as-of 2005-02-25")

    @OptionGroup var options: GlobalOptions

    mutating func run() throws {
      let session = try BookSession(options)
      let point = try session.point()
      let holdings = try session.book.facts(knownAt: point.point.knownAt)
        .resolve(asOf: point.point.asOf)
      var uses: [TagID: Int] = [:]
      for position in holdings.openPositions {
        for tag in holdings.tagsByPosition[position.id] ?? [] { uses[tag, default: 0] += 1 }
      }
      var writer = try session.writer(
        session.answer("tags", at: point),
        columns: [
          AnswerColumn("id"), AnswerColumn("user_id"), AnswerColumn("name"),
          AnswerColumn("tag_type"), AnswerColumn("color"),
          AnswerColumn("description", isDetail: true), .number("usage_count"),
        ], at: point)
      for tag in holdings.tags.values.sorted(by: { ($0.name, $0.id) < ($1.name, $1.id) })
      where tag.retiredAt.map({ $0 > holdings.asOf }) ?? true {
        try writer.row([
          .string(tag.id.rawValue), .text(tag.owner?.rawValue), .string(tag.name),
          .string(tag.type.rawValue), .string(tag.color), .text(tag.description),
          .integer(uses[tag.id] ?? 0),
        ])
      }
      try writer.finish()
      try session.finish()
    }
  }

  /// One event a tag, all in one append.
  private static func record(
    _ position: String, _ tags: [String], _ options: GlobalOptions, _ recording: RecordingOptions,
    payload: (PositionID, TagID) -> Payload
  ) throws {
    let factory = try EventFactory(options, recording)
    let facts = try factory.facts()
    let position = PositionID(position)
    // A tag that is named belongs to the owner of the position's portfolio, or to nobody.
    let owner = facts.portfolio(of: position)
      .flatMap { facts.portfolio($0, asOf: .distantFuture) }?.owner
    try factory.append(
      tags.enumerated().map { index, name in
        let tag =
          facts.tagInUse(named: name, owner: owner) ?? facts.tagInUse(named: name, owner: nil)
        return factory.event(
          payload(position, tag?.id ?? TagID(name)), part: index == 0 ? nil : "tag\(index + 1)")
      })
  }
}
