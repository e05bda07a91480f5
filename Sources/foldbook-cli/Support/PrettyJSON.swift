import Records

extension JSONValue {
  /// The value over several lines, two spaces a level; what is small stays on one line.
  var prettyText: String {
    var text = ""
    write(to: &text, indent: 0)
    return text
  }

  private func write(to text: inout String, indent: Int) {
    switch self {
    case .object(let members) where !members.isEmpty && !isShort:
      Self.write(members, "{", "}", to: &text, indent) { member, text in
        text += JSONValue.string(member.name).compactText + ": "
        member.value.write(to: &text, indent: indent + 2)
      }
    case .array(let values) where !values.isEmpty && !isShort:
      Self.write(values, "[", "]", to: &text, indent) { value, text in
        value.write(to: &text, indent: indent + 2)
      }
    default: text += compactText
    }
  }

  private static func write<Part>(
    _ parts: [Part], _ opening: String, _ closing: String, to text: inout String, _ indent: Int,
    _ body: (Part, inout String) -> Void
  ) {
    let margin = String(repeating: " ", count: indent)
    text += opening
    for (index, part) in parts.enumerated() {
      text += (index == 0 ? "\n" : ",\n") + margin + "  "
      body(part, &text)
    }
    text += "\n" + margin + closing
  }

  private var isShort: Bool { compactBytes.count <= 60 }
}
