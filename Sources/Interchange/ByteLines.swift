#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Lines of UTF-8 text from an input of any size, in memory bounded by the longest line allowed.
///
/// Our own because Foundation and the CSV packages read the whole text first and lose byte
/// offsets. Lines end in LF or CRLF; the last may end without either. A byte order mark at the
/// start is skipped.
public struct ByteLines {
  /// One line of text without its terminator.
  public struct Line {
    /// From 1.
    public var number: Int
    /// Where its first byte stands in the input, from 0.
    public var offset: Int
    /// Well-formed UTF-8.
    public var bytes: [UInt8]
    public var terminator: Terminator

    public var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  public enum Terminator: String, Hashable, Sendable {
    case lineFeed = "\n"
    case carriageReturnLineFeed = "\r\n"
    case endOfInput = ""
  }

  /// The longest line of JSON Lines.
  public static let jsonLineBytesMax = 16 * 1024 * 1024

  public let input: ByteInput
  public let lineBytesMax: Int
  /// The number of the line that ``next()`` last returned; 0 before the first.
  public private(set) var lineNumber = 0

  private var buffer: [UInt8] = []
  /// The first byte of `buffer` that has not been handed out, and where that is in the input.
  private var start = 0
  private var startOffset = 0
  /// How far `buffer` has been searched for a line feed.
  private var searched = 0
  private var isAtEnd = false
  private var isAtBeginning = true

  public init(_ input: ByteInput, lineBytesMax: Int) {
    precondition(lineBytesMax > 0, "a line holds at least one byte")
    self.input = input
    self.lineBytesMax = lineBytesMax
    startOffset = input.offset
  }

  /// Whether the next line is in memory already, so that asking for it cannot wait.
  public var hasBufferedLine: Bool {
    lineFeed(in: buffer, from: max(start, searched)) != nil
  }

  /// The next line, or null after the last.
  ///
  /// - Throws: ``InputError``. After an error nothing more can be read.
  public mutating func next() throws(InputError) -> Line? {
    if isAtBeginning { try skipByteOrderMark() }
    while true {
      if let end = lineFeed(in: buffer, from: searched) {
        searched = end + 1
        guard end - start <= lineBytesMax + 1 else { throw tooLong() }
        let isPaired = end > start && buffer[end - 1] == 0x0D
        return try take(
          upTo: isPaired ? end - 1 : end, next: end + 1,
          isPaired ? .carriageReturnLineFeed : .lineFeed)
      }
      searched = buffer.count
      // One byte of grace: it may be the carriage return of a terminator.
      if buffer.count - start > lineBytesMax + 1 { throw tooLong() }
      if isAtEnd {
        if start == buffer.count { return nil }
        return try take(upTo: buffer.count, next: buffer.count, .endOfInput)
      }
      try fill()
    }
  }

  private mutating func take(
    upTo end: Int, next: Int, _ terminator: Terminator
  ) throws(InputError) -> Line {
    guard end - start <= lineBytesMax else { throw tooLong() }
    lineNumber += 1
    let line = Line(
      number: lineNumber, offset: startOffset, bytes: Array(buffer[start..<end]),
      terminator: terminator)
    if let invalid = firstInvalidUTF8(in: line.bytes) {
      throw .invalidUTF8(
        name: input.name, line: lineNumber, offset: startOffset + invalid,
        byte: line.bytes[invalid])
    }
    startOffset += next - start
    start = next
    return line
  }

  private mutating func fill() throws(InputError) {
    let more = try input.next()
    if more.isEmpty {
      isAtEnd = true
      return
    }
    // What was handed out is dropped only here, so a line costs one copy and no shifting.
    buffer.removeSubrange(..<start)
    searched -= start
    start = 0
    buffer += more
  }

  private mutating func skipByteOrderMark() throws(InputError) {
    isAtBeginning = false
    while buffer.count < 3, !isAtEnd { try fill() }
    if buffer.starts(with: [0xFF, 0xFE]) || buffer.starts(with: [0xFE, 0xFF]) {
      throw .utf16(name: input.name)
    }
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) {
      start = 3
      searched = 3
      startOffset += 3
    }
  }

  private func tooLong() -> InputError {
    .lineTooLong(
      name: input.name, line: lineNumber + 1, offset: startOffset, bytesMax: lineBytesMax)
  }
}

private func lineFeed(in bytes: [UInt8], from start: Int) -> Int? {
  bytes.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress, start < buffer.count,
      let found = memchr(base + start, 0x0A, buffer.count - start)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
