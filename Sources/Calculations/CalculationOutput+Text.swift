public import Records

extension CalculationOutput {
  /// The canonical lines of every table, and one with the warnings: what ``init(text:)`` reads.
  public var text: String {
    var text = ""
    for table in tables {
      table.forEachCanonicalLine {
        text += $0
        text += "\n"
      }
    }
    let warnings = JSONValue.array(warnings.map { .string($0) }).compactText
    return text + "{\"warnings\":\(warnings)}\n"
  }

  /// Reads ``text``; null where it is not one.
  ///
  /// Numbers come back as they were printed, so the digest is the same.
  public init?(text: String) {
    self.init([])
    var isComplete = false
    for line in text.split(separator: "\n") {
      guard !isComplete, let value = try? JSONValue(parsing: String(line)) else { return nil }
      switch value {
      case .object:
        if case .array(let list)? = value["warnings"] {
          warnings = list.compactMap { if case .string(let text) = $0 { text } else { nil } }
          isComplete = true
        } else if case .string(let name)? = value["table"],
          case .array(let names)? = value["columns"]
        {
          let columns = names.compactMap { if case .string(let text) = $0 { text } else { nil } }
          tables.append(CalculatedRows(CalculatedTable(name, keyCount: 0, columns)))
        } else {
          return nil
        }
      case .array(let values):
        let cells = values.compactMap { Cell(canonical: $0) }
        guard let last = tables.indices.last, cells.count == values.count,
          cells.count == tables[last].table.columns.count
        else { return nil }
        tables[last].append(cells)
      default: return nil
      }
    }
    guard isComplete else { return nil }
  }
}

extension Cell {
  fileprivate init?(canonical value: JSONValue) {
    switch value {
    case .null: self = .null
    case .string(let text): self = .text(text)
    case .number(let number):
      guard let value = Double(number.text) else { return nil }
      self = .decimal(text: number.text, value: value)
    default: return nil
    }
  }
}
