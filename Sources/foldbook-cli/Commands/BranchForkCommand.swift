import ArgumentParser
import EventLog
import Events
import ExactNumbers
import Foldbook
import Records

/// `foldbook branch fork`
struct BranchForkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fork",
    abstract: "Fork a what-if branch from the branch of --branch",
    discussion: """
      foldbook -C demo branch fork hedge --at 2008-09-12
      foldbook -C demo branch fork later --at 2008-09-12 --mode live --portfolio core
      foldbook -C demo -b hedge branch fork deeper

      Without --at it leaves its parent at the head. A sequence or an event's id is where it leaves; \
      a date or time hides what is effective later, of all that is known (--known-at: of what was \
      known then). Such a branch stands still: what is done on it happens at that time unless --at \
      says otherwise. A live branch goes on taking its parent's market data, and nothing else.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The new branch's name: letters, digits, '.', '_' and '-', at most 64")
  var name: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where it leaves its parent (default: the head)",
      discussion: "A date (the end of that day, UTC), RFC 3339, #N or @ID, -5d, yesterday.",
      valueName: "time"))
  var at: String?

  @Option(help: ArgumentHelp("frozen or live (default: frozen)", valueName: "mode"))
  var mode: String?

  @Option(help: ArgumentHelp("What the session is called (default: the name)", valueName: "text"))
  var title: String?

  @Option(name: .customLong("description"), help: ArgumentHelp("In words", valueName: "text"))
  var words: String?

  @Option(help: ArgumentHelp("Whose it is: id of a user", valueName: "id"))
  var user: String?

  func run() throws {
    if options.asOf != nil {
      throw CommandFailure.usage("to say where the branch leaves its parent, use --at TIME")
    }
    let time = try at.map { text throws(CommandFailure) in try TimeArgument(text) }
    let mode: ModelMode =
      try mode.map { text throws(CommandFailure) in
        try wordArgument(text, of: "--mode")
      } ?? .frozen
    let session = try BookSession(options, mode: .readWrite)
    var request = ForkRequest(
      asOf: try time.map(session.reference),
      knownAt: try options.knownAtTime().map(session.reference), mode: mode, title: title,
      description: words, user: user.map { UserID($0) }, portfolio: options.portfolioID)
    switch request.asOf {
    case .sequence, .event:
      if request.knownAt != nil {
        throw CommandFailure.usage(
          "--at \(at ?? "") says already what is known: leave --known-at out, or give a time to --at"
        )
      }
    case .instant, nil: break
    }
    let warnings =
      request.asOf == nil && request.knownAt == nil
      ? [] : try session.book.point(asOf: request.asOf, knownAt: request.knownAt).warnings
    if request.title?.isEmpty == true { request.title = nil }
    let branch = BookSession(try session.book.fork(name, request), options)
    try report(branch, warnings)
  }

  private func report(_ branch: BookSession, _ warnings: [String]) throws {
    guard let fork = branch.book.details.fork else {
      preconditionFailure("what was forked has a fork")
    }
    var answer = branch.answer("branch")
    answer.summary =
      "forked \(name) from \(fork.words); head #\(branch.book.head)"
    let rows = BranchRows(options.resolvedFormat, showsProblems: false)
    var writer = try branch.writer(
      answer, columns: options.resolvedFormat.isForPeople ? [] : rows.columns)
    if !options.resolvedFormat.isForPeople { try writer.row(rows.row(branch.book)) }
    for warning in warnings { writer.warn(warning) }
    try writer.finish()
  }
}
