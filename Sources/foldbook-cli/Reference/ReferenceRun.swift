import Analytics
import Interchange

/// The answers to one row.
struct ReferenceAnswer {
  /// One a column.
  var cells: [String]
  /// Why there is none, where no column says so.
  var refusal: AnalyticsError?

  init(_ cells: [String]) { self.cells = cells }

  init(refused error: AnalyticsError, columns: Int) {
    cells = [String](repeating: "", count: columns)
    refusal = error
  }
}

/// How the options of a table are answered.
protocol ReferenceAnswers {
  /// What is read of each option.
  static var inputs: [ReferenceColumn] { get }
  /// What is answered, beside the id.
  static var columns: [String] { get }
  /// How many are answered together.
  static var batchSize: Int { get }

  init()

  /// One answer a row, in order.
  mutating func answers(to batch: ReferenceBatch) throws -> [ReferenceAnswer]
}

/// Answers a file of inputs, wherever the answers go.
struct ReferenceRun {
  /// So many refused rows are told one by one.
  static let warningsMax = 20

  /// Takes the next piece of the answers.
  var emit: (String) throws -> Void
  /// Takes what somebody should know.
  var warn: (String) -> Void = { _ in }
  /// Is told how many bytes of the file have been taken in.
  var advance: (Int) -> Void = { _ in }

  /// - Throws: `InputError`, `CSVError`, ``CommandFailure`` for a file that cannot be read.
  func answer(_ input: ByteInput, as kind: ReferenceKind) throws {
    switch kind {
    case .bsm: try answer(input, by: EuropeanReference.self)
    case .edge: try answer(input, by: EdgeReference.self)
    case .iv: try answer(input, by: VolatilityReference.self)
    case .american: try answer(input, by: AmericanReference.self)
    case .regressions:
      try answer(ReferenceDocument(input, as: kind), RegressionReference.result)
    case .portfolio: try answer(ReferenceDocument(input, as: kind), PortfolioReference.result)
    }
  }

  /// Row by row, in memory for one batch.
  private func answer<Answers: ReferenceAnswers>(
    _ input: ByteInput, by type: Answers.Type
  ) throws {
    var table = try ReferenceTable(input, columns: Answers.inputs)
    try emit(CSVWriter.line(["id"] + Answers.columns))
    var answers = Answers()
    var batch = ReferenceBatch()
    var rowCount = 0
    var refusedCount = 0
    while true {
      try table.next(Answers.batchSize, into: &batch)
      if batch.count == 0 { break }
      var text = ""
      for (row, answer) in try answers.answers(to: batch).enumerated() {
        text += CSVWriter.line([batch.ids[row]] + answer.cells)
        guard let refusal = answer.refusal else { continue }
        refusedCount += 1
        guard refusedCount <= Self.warningsMax else { continue }
        warn("\(input.name), line \(batch.lines[row]): \(refusal) (\(refusal.code)); no answer")
      }
      try emit(text)
      rowCount += batch.count
      advance(table.bytesTaken)
    }
    if refusedCount > 0 {
      warn("no answer to \(grouped(refusedCount)) of \(counted(rowCount, "row"))")
    }
  }

  /// All cases before the first is told, so that a bad file gives no half of a document.
  private func answer(
    _ document: ReferenceDocument,
    _ result: (ReferenceCase) throws(CommandFailure) -> ReferenceValue
  ) throws {
    let cases = try document.cases.map { one in
      ReferenceValue.object([("id", .text(one.id)), ("result", try result(one))]).jsonText
    }
    try emit("{\"cases\":[")
    for (index, text) in cases.enumerated() { try emit((index == 0 ? "\n" : ",\n") + text) }
    try emit("\n]}\n")
  }
}
