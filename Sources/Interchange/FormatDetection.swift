extension ImportFormat {
  /// How much of a file is looked at.
  public static let prefixBytes = 64 * 1024

  /// The form of a file from its first bytes, which are not taken from the input.
  ///
  /// - Throws: ``FormatError`` that says what it looks like instead.
  public static func detect(_ input: ByteInput) throws(FormatError) -> ImportFormat {
    let bytes: ArraySlice<UInt8>
    do throws(InputError) { bytes = try input.peek(prefixBytes) } catch { throw .input(error) }
    return try detect(prefix: Array(bytes), name: input.name)
  }

  static func detect(prefix: [UInt8], name: String) throws(FormatError) -> ImportFormat {
    if let foreign = foreignForm(prefix) { throw .unrecognised(name: name, looksLike: foreign) }
    let text = prefix.starts(with: [0xEF, 0xBB, 0xBF]) ? prefix.dropFirst(3) : prefix[...]
    guard let first = text.first(where: { ![0x20, 0x09, 0x0D, 0x0A].contains($0) }) else {
      throw .unrecognised(name: name, looksLike: "an empty file")
    }
    switch first {
    case 0x7B: return .cloudEvents
    case 0x5B:
      throw .unrecognised(
        name: name, looksLike: "one JSON array; JSON Lines have one object a line and no brackets")
    default: return try detectCSV(text, name: name)
    }
  }

  private static func detectCSV(
    _ text: ArraySlice<UInt8>, name: String
  ) throws(FormatError) -> ImportFormat {
    var reader = CSVReader(ByteInput(bytes: Array(text), name: name))
    let header: CSVRecord?
    do throws(CSVError) { header = try reader.next() } catch { throw .csv(error) }
    guard let header else { throw .unrecognised(name: name, looksLike: "an empty file") }
    if (try? BarsHeader(header)) != nil { return .barsCSV }
    if (try? PositionsHeader(header)) != nil { return .positionsCSV }
    // What misses a column is told so by the reader of what it is nearest to.
    let names = Set(header.fields.map { $0.lowercased() })
    if !names.isDisjoint(with: ["quantity", "qty", "entry_price", "entry_date", "trade date"]) {
      return .positionsCSV
    }
    if !names.isDisjoint(with: ["close", "open", "high", "low", "volume"]) { return .barsCSV }
    throw .unrecognised(
      name: name,
      looksLike: "text whose first line is '\(excerpt(header.fields.joined(separator: ",")))'")
  }

  /// Forms that are met in practice and told apart by their first bytes.
  private static func foreignForm(_ prefix: [UInt8]) -> String? {
    if prefix.starts(with: [0x1F, 0x8B]) { return "gzip; unpack it first" }
    if prefix.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return "zstd; unpack it first" }
    if prefix.starts(with: Array("PK\u{03}\u{04}".utf8)) {
      return "a zip or a spreadsheet; save the sheet as CSV (UTF-8)"
    }
    if prefix.starts(with: Array("%PDF".utf8)) { return "a PDF" }
    if prefix.starts(with: Array("PAR1".utf8)) { return "Parquet" }
    if prefix.starts(with: [0xFF, 0xFE]) || prefix.starts(with: [0xFE, 0xFF]) {
      return "UTF-16; save it as UTF-8"
    }
    return nil
  }
}

/// Why the form of a file is not known.
public enum FormatError: Error, Hashable, Sendable {
  case input(InputError)
  case csv(CSVError)
  case unrecognised(name: String, looksLike: String)
}

extension FormatError: CustomStringConvertible {
  /// Stable: what scripts and the documentation refer to.
  public var code: String {
    switch self {
    case .input(let error): error.code
    case .csv(let error): error.code
    case .unrecognised: "FB-INPUT-006"
    }
  }

  public var description: String {
    switch self {
    case .input(let error): error.description
    case .csv(let error): error.description
    case .unrecognised(let name, let looksLike):
      """
      \(name) is in none of the forms that can be imported \
      (\(ImportFormat.allCases.map(\.rawValue).joined(separator: ", "))): it looks like \
      \(looksLike). Say which it is with --from
      """
    }
  }
}
