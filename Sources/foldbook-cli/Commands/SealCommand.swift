import ArgumentParser
import EventLog
import Foldbook
import Records

/// `foldbook seal`
struct SealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Pack the journal and close the growing segment for good",
    discussion: "What is sealed is never written again. The log root stays what it is.")

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let session = try BookSession(options, mode: .readWrite)
    let book = session.book
    let before = book.log.statistics
    try book.seal()
    let after = book.log.statistics
    var writer = try session.writer(
      session.answer("seal"),
      columns: [
        .number("segments_sealed"), .number("blocks_written"), .number("head"),
        AnswerColumn("log_root"),
      ])
    try writer.row([
      .integer(after.segmentsSealed - before.segmentsSealed),
      .integer(after.blocksWritten - before.blocksWritten), .sequence(book.head),
      .string(try book.logRoot().description),
    ])
    try writer.finish()
  }
}
