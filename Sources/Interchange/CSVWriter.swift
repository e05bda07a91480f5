/// Writes CSV after RFC 4180: LF at the end of each record, quotes only where they are needed.
public enum CSVWriter {
  /// One record with its line feed.
  public static func line(_ fields: [String]) -> String {
    // A record of one empty field would read back as an empty line, which means nothing.
    if fields == [""] { return "\"\"\n" }
    return fields.map(field).joined(separator: ",") + "\n"
  }

  /// A field, in quotes where it holds a comma, a quote or a line break, or where its outer
  /// spaces would be lost.
  public static func field(_ text: String) -> String {
    let bytes = text.utf8
    let needsQuotes =
      bytes.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
      || bytes.first == 0x20 || bytes.last == 0x20 || bytes.first == 0x09 || bytes.last == 0x09
    guard needsQuotes else { return text }
    var quoted = "\""
    for character in text.unicodeScalars {
      if character == "\"" { quoted.unicodeScalars.append("\"") }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }
}
