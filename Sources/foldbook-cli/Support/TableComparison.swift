import Foldbook
import Interchange
import Projections

/// Holds the live tables against ones that are made anew from the log, row by row.
struct TableComparison {
  struct Difference: CustomStringConvertible {
    var table: String
    /// Lines of the canonical dump; null where one has no more of them.
    var live: String?
    var rebuilt: String?

    var description: String {
      """
      in \(table) the tables have \(live ?? "nothing more"), the log gives \
      \(rebuilt ?? "nothing more")
      """
    }
  }

  private let session: BookSession

  init(_ session: BookSession) { self.session = session }

  /// Catches the tables up, and compares.
  ///
  /// - Returns: Null where both are equal.
  func firstDifference() throws -> Difference? {
    let book = session.book
    let checkpoint = try ProjectCommand.catchUp(session).checkpoint
    let folder = try ScratchFolder()
    let path = folder.path + "/tables.sqlite"
    try book.buildTables(
      at: path, of: ReplayPoint(asOf: checkpoint.cut, knownAt: checkpoint.sequence))
    try dump(book.projections, to: folder.path + "/live")
    try dump(ProjectionStore(path: path), to: folder.path + "/rebuilt")
    return try compare(folder.path + "/live", folder.path + "/rebuilt")
  }

  private func dump(_ tables: ProjectionStore, to path: String) throws {
    let output = try ByteOutput(path: path)
    try tables.dump { try output.write($0) }
    try output.finish()
  }

  private func compare(_ livePath: String, _ rebuiltPath: String) throws -> Difference? {
    var live = try DumpLines(path: livePath)
    var rebuilt = try DumpLines(path: rebuiltPath)
    while true {
      let (left, right) = (try live.next(), try rebuilt.next())
      if left != right { return Difference(table: live.table, live: left, rebuilt: right) }
      if left == nil { return nil }
    }
  }
}

/// The lines of a canonical dump that tell of the log, and which table they are of.
private struct DumpLines {
  private var lines: ByteLines
  private(set) var table = ""

  init(path: String) throws {
    lines = ByteLines(try ByteInput(path: path), lineBytesMax: ByteLines.jsonLineBytesMax)
  }

  mutating func next() throws -> String? {
    while let line = try lines.next()?.text {
      if line.hasPrefix("table ") { table = String(line.dropFirst("table ".count)) }
      // What a file has to remember to be caught up is no row of the book's.
      if table == "projection_meta", line.hasPrefix("[\"follows_head\",") { continue }
      if table == "internal_deferred_events", line.hasPrefix("[") { continue }
      return line
    }
    return nil
  }
}
