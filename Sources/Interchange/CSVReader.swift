/// Records of a CSV file after RFC 4180, one at a time, in bounded memory.
///
/// Strict where leniency would be a guess: a quote stands only around a whole field, doubled inside
/// it; lines end in LF or CRLF. Line breaks inside a quoted field are kept as they are.
public struct CSVReader {
  /// The longest record, quoted line breaks included.
  public static let recordBytesMax = 1024 * 1024

  private var lines: ByteLines
  private let recordBytesMax: Int
  private var row = 0

  public init(_ input: ByteInput, recordBytesMax: Int = CSVReader.recordBytesMax) {
    self.recordBytesMax = recordBytesMax
    lines = ByteLines(input, lineBytesMax: recordBytesMax)
  }

  /// How many bytes of the input have been taken in, for progress.
  public var bytesTaken: Int { lines.input.offset }

  /// The next record, or null after the last. An empty line is a record of one empty field.
  ///
  /// - Throws: ``CSVError``. After an error nothing more can be read.
  public mutating func next() throws(CSVError) -> CSVRecord? {
    guard var line = try nextLine() else { return nil }
    row += 1
    var record = CSVRecord(row: row, line: line.number, offset: line.offset)
    record.bytes.reserveCapacity(line.bytes.count)
    record.ends.reserveCapacity(8)
    var recordBytes = line.bytes.count
    var index = 0
    /// Where the quoted field that is being read began.
    var openQuote: (line: Int, offset: Int)?
    while true {
      if openQuote != nil {
        let end = line.bytes[index...].firstIndex(of: Self.quote)
        record.bytes += line.bytes[index..<(end ?? line.bytes.count)]
        if let end {
          index = end + 1
          if index < line.bytes.count, line.bytes[index] == Self.quote {
            record.bytes.append(Self.quote)
            index += 1
            continue
          }
          openQuote = nil
          guard index == line.bytes.count || line.bytes[index] == Self.comma else {
            throw misplaced(in: line, at: index, otherwise: CSVError.textAfterQuote)
          }
          record.ends.append(record.bytes.count)
          if index == line.bytes.count { return record }
          index += 1
        } else {
          record.bytes += line.terminator.rawValue.utf8
          recordBytes += line.terminator.rawValue.utf8.count
          line = try continuation(of: record, openQuote: openQuote)
          recordBytes += line.bytes.count
          guard recordBytes <= recordBytesMax else {
            throw .recordTooLong(
              name: lines.input.name, line: record.line, offset: record.offset,
              bytesMax: recordBytesMax)
          }
          index = 0
        }
      } else if index < line.bytes.count, line.bytes[index] == Self.quote {
        openQuote = (line.number, line.offset + index)
        index += 1
      } else {
        let end = line.bytes[index...].firstIndex(of: Self.comma) ?? line.bytes.count
        if let found = line.bytes[index..<end].firstIndex(where: {
          $0 == Self.quote || $0 == Self.carriageReturn
        }) {
          throw misplaced(in: line, at: found, otherwise: CSVError.strayQuote)
        }
        record.bytes += line.bytes[index..<end]
        record.ends.append(record.bytes.count)
        if end == line.bytes.count { return record }
        index = end + 1
      }
    }
  }

  private mutating func continuation(
    of record: CSVRecord, openQuote: (line: Int, offset: Int)?
  ) throws(CSVError) -> ByteLines.Line {
    if let line = try nextLine() { return line }
    throw .unterminatedQuote(
      name: lines.input.name, line: openQuote?.line ?? record.line,
      offset: openQuote?.offset ?? record.offset)
  }

  private func misplaced(
    in line: ByteLines.Line, at index: Int, otherwise error: (String, Int, Int) -> CSVError
  ) -> CSVError {
    let offset = line.offset + index
    return line.bytes[index] == Self.carriageReturn
      ? .bareCarriageReturn(name: lines.input.name, line: line.number, offset: offset)
      : error(lines.input.name, line.number, offset)
  }

  private mutating func nextLine() throws(CSVError) -> ByteLines.Line? {
    let line: ByteLines.Line?
    do { line = try lines.next() } catch { throw .input(error) }
    guard let line else { return nil }
    if let null = line.bytes.firstIndex(of: 0) {
      throw .nullByte(name: lines.input.name, line: line.number, offset: line.offset + null)
    }
    return line
  }

  private static let quote: UInt8 = 0x22
  private static let comma: UInt8 = 0x2C
  private static let carriageReturn: UInt8 = 0x0D
}
