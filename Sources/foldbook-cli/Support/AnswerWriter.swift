import Interchange
import Records

/// Writes one answer in the form, to the place and with the colours that were asked for.
struct AnswerWriter {
  private var renderer: any AnswerRenderer
  private let output: ByteOutput
  private let notes: Notes
  private var warnings: [String] = []

  /// What goes to standard error. It waits for the end of the answer, so that footnotes stand below it.
  private final class Notes { var text = "" }

  /// Opens the output and writes everything before the first row.
  ///
  /// - Throws: `OutputError` when the file cannot be made.
  init(_ answer: Answer, columns: [AnswerColumn], options: GlobalOptions) throws {
    let output = try ByteOutput(path: options.output ?? "-")
    self.output = output
    let emit: (String) throws -> Void = { try output.write($0) }
    let style = options.errorStyle
    let notes = Notes()
    self.notes = notes
    let note: (String) -> Void = { text in
      notes.text +=
        (text.hasPrefix("warning: ")
          ? style.yellow("warning:") + text.dropFirst("warning:".count) : text) + "\n"
    }
    renderer =
      switch options.resolvedFormat {
      case .table: TableRenderer(style: options.answerStyle, emit: emit, note: note)
      case .json: JSONRenderer(emit: emit)
      case .ndjson: NDJSONRenderer(emit: emit)
      case .csv: CSVRenderer(emit: emit, note: note)
      case .md: MarkdownRenderer(emit: emit, note: note)
      }
    try renderer.begin(answer, columns)
  }

  /// - Parameters:
  ///   - values: One a column.
  ///   - object: What the row is as JSON, where that is more than its columns.
  mutating func row(_ values: [JSONValue], object: JSONValue? = nil) throws {
    try renderer.row(values, object: object)
  }

  /// Another list below the rows; CSV does not have it, JSON where the list has a name there.
  mutating func add(_ appendix: Appendix) { renderer.add(appendix) }

  /// Something the reader of the answer should know.
  mutating func warn(_ text: String) { warnings.append(text) }

  /// Completes the answer. One that is left without this leaves no file behind.
  mutating func finish() throws {
    try renderer.finish(warnings: warnings)
    try output.finish()
    if !notes.text.isEmpty { Terminal.writeError(notes.text) }
  }
}
