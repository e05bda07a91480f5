/// Why bytes from outside could not be read as lines of text.
public enum InputError: Error, Hashable, Sendable {
  case cannotOpen(name: String, errno: Int32)
  case cannotRead(name: String, errno: Int32, offset: Int)
  case lineTooLong(name: String, line: Int, offset: Int, bytesMax: Int)
  case invalidUTF8(name: String, line: Int, offset: Int, byte: UInt8)
  case utf16(name: String)
}

extension InputError: CustomStringConvertible {
  /// Stable: what scripts and the documentation refer to.
  public var code: String {
    switch self {
    case .cannotOpen: "FB-INPUT-001"
    case .cannotRead: "FB-INPUT-002"
    case .lineTooLong: "FB-INPUT-003"
    case .invalidUTF8: "FB-INPUT-004"
    case .utf16: "FB-INPUT-005"
    }
  }

  public var description: String {
    switch self {
    case .cannotOpen(let name, let number): "cannot open \(name): \(errorText(number))"
    case .cannotRead(let name, let number, let offset):
      "cannot read \(name) at byte \(offset): \(errorText(number))"
    case .lineTooLong(let name, let line, let offset, let bytesMax):
      """
      \(name), line \(line) (from byte \(offset)) is longer than \(bytesMax) bytes; \
      is this a text file with one record a line?
      """
    case .invalidUTF8(let name, let line, let offset, let byte):
      """
      \(name), line \(line): byte \(offset) (0x\(hexadecimal(byte))) is not valid UTF-8; \
      save the file as UTF-8 and try again
      """
    case .utf16(let name):
      "\(name) is encoded as UTF-16: expected UTF-8; save the file as UTF-8 and try again"
    }
  }
}

private func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}
