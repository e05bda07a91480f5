/// Why a CSV file cannot be taken apart into records. What follows such a place cannot be
/// trusted, so the file is refused as a whole.
public enum CSVError: Error, Hashable, Sendable {
  case input(InputError)
  /// A quoted field that begins in `line` never ends.
  case unterminatedQuote(name: String, line: Int, offset: Int)
  /// A quote inside a field that does not begin with one.
  case strayQuote(name: String, line: Int, offset: Int)
  /// Something other than a comma behind a closing quote.
  case textAfterQuote(name: String, line: Int, offset: Int)
  /// A carriage return that no line feed follows.
  case bareCarriageReturn(name: String, line: Int, offset: Int)
  case nullByte(name: String, line: Int, offset: Int)
  case recordTooLong(name: String, line: Int, offset: Int, bytesMax: Int)
}

extension CSVError: CustomStringConvertible {
  /// Stable: what scripts and the documentation refer to.
  public var code: String {
    switch self {
    case .input(let error): error.code
    case .unterminatedQuote: "FB-CSV-001"
    case .strayQuote: "FB-CSV-002"
    case .textAfterQuote: "FB-CSV-003"
    case .bareCarriageReturn: "FB-CSV-004"
    case .nullByte: "FB-CSV-005"
    case .recordTooLong: "FB-CSV-006"
    }
  }

  public var description: String {
    switch self {
    case .input(let error): error.description
    case .unterminatedQuote(let name, let line, let offset):
      "\(name), line \(line): the quote at byte \(offset) is never closed"
    case .strayQuote(let name, let line, let offset):
      """
      \(name), line \(line): a quote inside an unquoted field (byte \(offset)); put the whole \
      field in quotes and write a quote inside it twice
      """
    case .textAfterQuote(let name, let line, let offset):
      """
      \(name), line \(line): expected a comma or the end of the line behind the closing quote \
      (byte \(offset))
      """
    case .bareCarriageReturn(let name, let line, let offset):
      """
      \(name), line \(line): a carriage return without a line feed (byte \(offset)); lines must \
      end in LF or CRLF
      """
    case .nullByte(let name, let line, let offset):
      "\(name), line \(line): a null byte (byte \(offset)); is this a text file?"
    case .recordTooLong(let name, let line, let offset, let bytesMax):
      """
      \(name), line \(line) (from byte \(offset)): the record is longer than \(bytesMax) bytes; \
      is a quote missing?
      """
    }
  }
}
