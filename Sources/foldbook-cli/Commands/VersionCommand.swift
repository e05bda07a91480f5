import ArgumentParser
import Foldbook
import Records

/// The version of the program.
let foldbookVersion = "0.1.0"

/// `foldbook version`
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "The program's version and the book formats it knows")

  @OptionGroup var options: GlobalOptions

  func run() throws {
    var writer = try AnswerWriter(
      Answer("version"),
      columns: [AnswerColumn("program"), AnswerColumn("version"), .number("book_format_max")],
      options: options)
    try writer.row(["foldbook", .string(foldbookVersion), .integer(Int(BookManifest.formatKnown))])
    try writer.finish()
  }
}
