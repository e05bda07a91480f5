import Records

extension EventCatalog {
  /// The whole catalogue, for people: one line a kind, below it one line a field.
  public static var description: String {
    kinds.map(\.description).joined(separator: "\n\n")
  }
}

extension KindDescription: CustomStringConvertible {
  public var description: String {
    var lines = ["\(name)  (kind \(number.rawValue))  \(declaration.meaning)"]
    let names = fields.map { $0.name + ($0.isRequired ? "" : "?") }
    let nameWidth = names.map(\.utf8.count).max() ?? 0
    let typeWidth = fields.map(\.type.description.utf8.count).max() ?? 0
    for (field, name) in zip(fields, names) {
      let limits = field.limits
      lines.append(
        "  \(padded(String(field.number.rawValue), 2, isNumber: true))  \(padded(name, nameWidth))"
          + "  \(padded(field.type.description, typeWidth))  \(field.summary)"
          + (limits.isEmpty ? "" : "; \(limits)"))
    }
    return lines.joined(separator: "\n")
  }
}

extension FieldDeclaration {
  /// The field's words and constraints, for people; empty when there are none.
  public var limits: String {
    var limits: [String] = []
    if case .enumeration(let words) = type { limits.append(words.joined(separator: ", ")) }
    limits += constraints.map(\.expectation)
    if isClearable { limits.append("null clears it") }
    if isPersonal { limits.append("personal: sealed in the log") }
    return limits.joined(separator: "; ")
  }
}

private func padded(_ text: String, _ width: Int, isNumber: Bool = false) -> String {
  let space = String(repeating: " ", count: max(0, width - text.utf8.count))
  return isNumber ? space + text : text + space
}
