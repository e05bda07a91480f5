public import ExactNumbers

/// A positions file, read and checked as far as the file itself tells (domain/api.md, section 3).
///
///     ticker,quantity,entry_price,entry_date,tags
///     AAPL,85,225.00,2024-01-16,"core_holdings,tech_growth"
///     AAPL250815P00200000,-100,4.50,2024-01-22,options_overlay
public struct PositionsFile: Sendable {
  /// Megabytes are decimal.
  public static let bytesMax = 10_000_000
  public static let rowsMax = 10_000

  /// The day the import is effective: no row is later.
  public let effective: CivilDate
  /// Rows that are fine as far as this file tells, in its order.
  public private(set) var positions: [ImportedPosition] = []
  public private(set) var report = ImportReport(format: .positionsCSV)
  /// The file as a whole breaks a rule: nothing of it is taken, not even by skipping rows.
  public private(set) var isRefused = false

  /// - Throws: ``CSVError`` where the file cannot be taken apart into rows at all. Every other
  ///   defect is an error in ``report``.
  public init(_ input: ByteInput, effective: CivilDate) throws(CSVError) {
    self.effective = effective
    if let size = input.sizeInBytes, size > Self.bytesMax {
      refuse(Self.fileTooLarge)
      return
    }
    var reader = CSVReader(input)
    guard let first = try reader.next() else {
      refuse(
        PositionsCSVError.badHeader.issue(
          row: 1, "the file is empty; its first row must name the columns"))
      return
    }
    let header: PositionsHeader
    do throws(ImportIssue) {
      header = try PositionsHeader(first)
    } catch {
      refuse(error)
      return
    }
    report.ignoredColumns = header.ignored
    try readRows(&reader, PositionRowParser(header: header, effective: effective))
    report.sortIssues()
  }

  private mutating func readRows(
    _ reader: inout CSVReader, _ parser: PositionRowParser
  ) throws(CSVError) {
    // Blank rows at the end are what spreadsheets leave there; only one with a row behind it
    // stands inside.
    var blankRows: [Int] = []
    while let record = try reader.next() {
      guard reader.bytesTaken <= Self.bytesMax else { return refuse(Self.fileTooLarge) }
      if record.isBlank {
        // Far more than a refused file needs, and memory stays bounded.
        if blankRows.count <= Self.rowsMax { blankRows.append(record.row) }
        continue
      }
      for row in blankRows {
        report.add(error: PositionsCSVError.missingValue.issue(row: row, "a blank row"))
      }
      report.rows += blankRows.count + 1
      blankRows = []
      guard report.rows <= Self.rowsMax else {
        return refuse(
          PositionsCSVError.tooManyRows.issue(
            row: nil, "more than \(Self.rowsMax) rows; split the file and import the parts"))
      }
      do throws(ImportIssue) {
        positions.append(try parser.position(record, warnings: &report))
      } catch {
        report.add(error: error)
      }
    }
  }

  private mutating func refuse(_ issue: ImportIssue) {
    let ignored = report.ignoredColumns
    isRefused = true
    positions = []
    report = ImportReport(format: .positionsCSV)
    report.ignoredColumns = ignored
    report.add(error: issue)
  }

  private static var fileTooLarge: ImportIssue {
    PositionsCSVError.fileTooLarge.issue(
      row: nil, "more than \(bytesMax) bytes (10 MB); split the file and import the parts")
  }
}
