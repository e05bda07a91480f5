/// The forms of file that can be brought in.
public enum ImportFormat: String, Hashable, Sendable, CaseIterable {
  case cloudEvents = "cloudevents"
  case positionsCSV = "positions-csv"
  case barsCSV = "bars-csv"

  /// The `source` of events that a file of this form gives: the same file again is the same
  /// source, wherever it lies, so that nothing is taken twice.
  ///
  /// - Parameter file: A path; only its last part counts. `-` is standard input.
  public func source(file: String) -> String {
    let name = file == "-" ? "stdin" : file.split(separator: "/").last.map(String.init) ?? file
    return "/imports/\(rawValue)/\(percentEncoded(name))"
  }
}

/// Everything but RFC 3986's unreserved characters as `%XX`.
private func percentEncoded(_ text: String) -> String {
  var encoded = ""
  for byte in text.utf8 {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
      encoded.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
    }
  }
  return encoded
}
