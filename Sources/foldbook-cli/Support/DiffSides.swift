import EventLog
import ExactNumbers
import Foldbook
import Records

/// The two sides of a comparison, each a branch at a point.
struct DiffSides {
  struct Side {
    /// As it was given.
    let text: String
    let book: Book
    var point: ResolvedPoint
    /// What it says of the as-of by itself, and of what is known.
    fileprivate let time: TimeArgument?

    fileprivate var saysAsOf: Bool {
      switch time?.meaning {
      case nil, .sequence, .event: false
      case .instant, .daysAgo, .monthsAgo: true
      }
    }
  }

  private(set) var left: Side
  private(set) var right: Side

  init(_ left: String, _ right: String, _ options: GlobalOptions, _ path: String) throws {
    self.left = try Self.side(left, options, path)
    self.right = try Self.side(right, options, path)
    guard options.asOf == nil, let common = try commonTime() else { return }
    if !self.left.saysAsOf { self.left.point.point.asOf = common }
    if !self.right.saysAsOf { self.right.point.point.asOf = common }
  }

  /// The as-of of the sides that say none. Two branches are compared at one time; what passed
  /// between two times would hide what was changed.
  private func commonTime() throws -> Instant? {
    let silent = [left, right].filter { !$0.saysAsOf }
    let still = silent.filter(\.book.standsStill)
    if silent.count == 1, still.isEmpty {
      // A branch at its head against a time: of the same branch the head, else that time.
      let said = left.saysAsOf ? left : right
      return silent[0].book.branch == said.book.branch ? nil : said.point.point.asOf
    }
    return (still.isEmpty ? silent : still).map(\.point.point.asOf).max()
  }

  private static func side(
    _ text: String, _ options: GlobalOptions, _ path: String
  ) throws -> Side {
    let (book, time) = try parts(text, options, path)
    let session = BookSession(book, options)
    let asOf = try options.asOfTime().map(session.reference)
    let known = try options.knownAtTime().map(session.reference)
    let reference = try time.map(session.reference)
    let point: ResolvedPoint =
      switch reference {
      case .instant: try session.book.point(asOf: reference, knownAt: known)
      case .sequence, .event: try session.book.point(asOf: asOf, knownAt: reference)
      case nil: try session.book.point(asOf: asOf, knownAt: known)
      }
    return Side(text: text, book: session.book, point: point, time: time)
  }

  /// A branch's name may look like a date: one that there is comes first.
  private static func parts(
    _ text: String, _ options: GlobalOptions, _ path: String
  ) throws -> (book: Book, time: TimeArgument?) {
    func open(_ branch: String) throws -> Book {
      try Book.open(at: path, branch: branch, mode: .readOnly)
    }
    if let mark = text.firstIndex(of: "@"), mark > text.startIndex {
      let time = try TimeArgument(String(text[text.index(after: mark)...]))
      return (try open(String(text[..<mark])), time)
    }
    do {
      return (try open(text), nil)
    } catch BookError.unknownBranch(let name, let known) where name == text {
      guard let time = try? TimeArgument(text) else {
        throw BookError.unknownBranch(name: name, known: known)
      }
      return (try open(options.branch), time)
    }
  }
}
