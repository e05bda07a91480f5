import Records

/// Rows as a table for people: numbers to the right, units in the heading.
///
/// Columns are as wide as the first rows need, so that a long answer is not held in memory; a later
/// wider cell pushes its row to the right.
struct TableRenderer: AnswerRenderer {
  /// How many rows decide the widths.
  static let measuredRowsMax = 1_000

  let style: Style
  let emit: (String) throws -> Void
  let note: (String) -> Void
  private var columns: [AnswerColumn] = []
  private var shown: [Int] = []
  private var widths: [Int] = []
  private var waiting: [[JSONValue]] = []
  /// Of the columns that are bars, by their place.
  private var scales: [Int: BarScale] = [:]
  private var hasHeading = false
  private var rowCount = 0
  private var appendices: [Appendix] = []

  init(
    style: Style, emit: @escaping (String) throws -> Void, note: @escaping (String) -> Void
  ) {
    self.style = style
    self.emit = emit
    self.note = note
  }

  mutating func begin(_ answer: Answer, _ columns: [AnswerColumn]) throws {
    shown = columns.indices.filter { !columns[$0].isDetail }
    self.columns = shown.map { columns[$0] }
    if let caption = answer.caption { try emit(style.faint(caption) + "\n") }
  }

  mutating func row(_ values: [JSONValue], object: JSONValue?) throws {
    rowCount += 1
    let cells = shown.map { values[$0] }
    if hasHeading { return try write(texts(cells)) }
    waiting.append(cells)
    if waiting.count == Self.measuredRowsMax { try writeWaiting() }
  }

  mutating func finish(warnings: [String]) throws {
    if !hasHeading, !waiting.isEmpty { try writeWaiting() }
    if rowCount == 0, !columns.isEmpty { try emit("nothing found\n") }
    for appendix in appendices { try write(appendix) }
    for warning in warnings { note("warning: \(warning)") }
  }

  mutating func add(_ appendix: Appendix) { appendices.append(appendix) }

  private func write(_ appendix: Appendix) throws {
    try emit("\n" + style.bold(appendix.title) + "\n")
    var table = TableRenderer(style: style, emit: emit, note: note)
    try table.begin(Answer(""), appendix.columns)
    try appendix.forEachRow { row, _ in try table.row(row) }
    try table.finish(warnings: [])
  }

  private mutating func writeWaiting() throws {
    let headings = columns.map(\.heading)
    for index in columns.indices where columns[index].isPicture {
      scales[index] = BarScale(waiting.map { $0[index] })
    }
    let rows = waiting.map(texts)
    widths = columns.indices.map { index in
      rows.reduce(displayWidth(headings[index])) { max($0, displayWidth($1[index])) }
    }
    hasHeading = true
    try emit(style.bold(aligned(headings)) + "\n")
    try emit(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n")
    for cells in rows { try write(cells) }
    waiting = []
  }

  private func texts(_ cells: [JSONValue]) -> [String] {
    cells.indices.map { index in
      printable(scales[index]?.text(of: cells[index]) ?? columns[index].text(of: cells[index]))
    }
  }

  private func write(_ cells: [String]) throws { try emit(aligned(cells) + "\n") }

  private func aligned(_ cells: [String]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[index] - displayWidth(cell)))
      if index > 0 { line += "  " }
      if columns[index].isNumeric {
        line += padding + cell
      } else {
        line += cell + padding
      }
    }
    // No spaces behind the last column.
    while line.last == " " { line.removeLast() }
    return line
  }
}

/// Rows as a table of Markdown.
struct MarkdownRenderer: AnswerRenderer {
  let emit: (String) throws -> Void
  let note: (String) -> Void
  private var shown: [Int] = []
  private var columns: [AnswerColumn] = []
  private var appendices: [Appendix] = []

  init(emit: @escaping (String) throws -> Void, note: @escaping (String) -> Void) {
    self.emit = emit
    self.note = note
  }

  mutating func begin(_ answer: Answer, _ columns: [AnswerColumn]) throws {
    // Without its height a bar says nothing, and rows are written as they come.
    shown = columns.indices.filter { !columns[$0].isDetail && !columns[$0].isPicture }
    if let caption = answer.caption { try emit(caption + "\n\n") }
    let columns = shown.map { columns[$0] }
    self.columns = columns
    try emit(line(columns.map(\.heading)))
    try emit(line(columns.map { $0.isNumeric ? "---:" : "---" }))
  }

  mutating func row(_ values: [JSONValue], object: JSONValue?) throws {
    try emit(line(zip(shown, columns).map { $1.text(of: values[$0]) }))
  }

  mutating func add(_ appendix: Appendix) { appendices.append(appendix) }

  mutating func finish(warnings: [String]) throws {
    for appendix in appendices {
      try emit("\n\(printable(appendix.title))\n\n")
      var table = MarkdownRenderer(emit: emit, note: note)
      try table.begin(Answer(""), appendix.columns)
      try appendix.forEachRow { row, _ in try table.row(row) }
    }
    for warning in warnings { note("warning: \(warning)") }
  }

  private func line(_ cells: [String]) -> String {
    let escaped = cells.map {
      printable($0).replacing("\\", with: "\\\\").replacing("|", with: "\\|")
    }
    return "| " + escaped.joined(separator: " | ") + " |\n"
  }
}

extension AnswerColumn {
  /// The name with the unit.
  var heading: String { unit.map { "\(name) (\($0))" } ?? name }

  /// A value as people see it.
  func text(of value: JSONValue) -> String { format.text(of: value) }
}
