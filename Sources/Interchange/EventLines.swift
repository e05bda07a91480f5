public import Events

/// Reads JSON Lines of CloudEvents, in memory bounded by the longest line allowed.
public struct EventLines {
  /// What one line says, or why it says nothing.
  public struct Line {
    /// From 1. Blank lines count but are not handed out.
    public var number: Int
    /// Where the line begins in the input, in bytes from 0.
    public var offset: Int
    /// An error knows its line.
    public var result: Result<CloudEvent, EventError>
  }

  private var lines: ByteLines
  private let allowsUnknownKinds: Bool

  /// - Parameter allowsUnknownKinds: Keep events of kinds the catalogue does not know.
  public init(_ input: ByteInput, allowsUnknownKinds: Bool = false) {
    lines = ByteLines(input, lineBytesMax: ByteLines.jsonLineBytesMax)
    self.allowsUnknownKinds = allowsUnknownKinds
  }

  /// How many bytes of the input have been taken in, for progress.
  public var bytesTaken: Int { lines.input.offset }

  /// Whether the next line is in memory already, so that asking for it does not wait.
  public var hasBufferedLine: Bool { lines.hasBufferedLine }

  /// The next line that is not blank, or null after the last.
  ///
  /// - Throws: ``InputError`` where the text cannot be read as lines of UTF-8.
  public mutating func next() throws(InputError) -> Line? {
    while let line = try lines.next() {
      if line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      let result: Result<CloudEvent, EventError>
      do throws(EventError) {
        result = .success(
          try CloudEvent(parsing: line.bytes, allowsUnknownKinds: allowsUnknownKinds))
      } catch {
        result = .failure(error.onLine(line.number))
      }
      return Line(number: line.number, offset: line.offset, result: result)
    }
    return nil
  }
}

extension ImportIssue {
  /// A line that holds no event.
  public init(_ error: EventError) {
    self.init(row: error.line, code: error.code, message: error.description)
  }
}
