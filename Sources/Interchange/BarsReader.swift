public import Events
import ExactNumbers
import Records

/// Reads a file of daily bars, one event a row, in the memory of one number a row.
///
///     symbol,date,open,high,low,close,volume
///     AAPL,2000-03-01,118.56,132.06,118.5,130.31,9616100
///
/// `symbol`, `date` and `close` are required, the others may be left out or empty. A column `time`
/// says when the session closed; without it a bar is effective at the end of its day, UTC. Other
/// columns, such as `adj_close`, are ignored and listed. The rows need no order.
public struct BarsReader {
  /// Where each event comes from and what it belongs to.
  public struct Origin: Hashable, Sendable {
    /// ``ImportFormat/source(file:)`` of the file.
    public var source: String
    public var correlation: String?
    public var actor: String?
    /// Where the bars are from, kept with each of them.
    public var provider: String?

    public init(
      source: String, correlation: String? = nil, actor: String? = nil, provider: String? = nil
    ) {
      self.source = source
      self.correlation = correlation
      self.actor = actor
      self.provider = provider
    }
  }

  /// Complete once ``next()`` has returned null; `created` and `unchanged` are the caller's to fill.
  public private(set) var report = ImportReport(format: .barsCSV)

  /// The row of the event that ``next()`` returned last, as a spreadsheet numbers it.
  public private(set) var row = 0

  private struct Day: Hashable {
    var symbol: Symbol
    var date: CivilDate
  }
  private struct Said {
    var row: Int32
    var content: Int
  }
  /// What the rows so far have said about each day.
  private var days: [Day: Said] = [:]

  private let origin: Origin
  private var reader: CSVReader
  /// Null when the file is not about bars: nothing of it is taken then.
  private var parser: BarRowParser?

  /// - Throws: ``CSVError`` where the first row cannot be read. A header that names no bars is an
  ///   error in ``report``, and no event follows.
  public init(_ input: ByteInput, origin: Origin) throws(CSVError) {
    self.origin = origin
    reader = CSVReader(input)
    let first = try reader.next()
    do throws(ImportIssue) {
      let header = try BarsHeader(first)
      report.ignoredColumns = header.ignored
      parser = BarRowParser(header: header)
    } catch {
      report.add(error: error)
    }
  }

  /// How many bytes of the input have been taken in, for progress.
  public var bytesTaken: Int { reader.bytesTaken }

  /// A file says one thing about a day: which of two closes was meant is not for us to choose.
  private mutating func checkAgreement(
    of bar: BarRowParser.Bar, row: Int
  ) throws(ImportIssue) {
    var hasher = Hasher()
    hasher.combine(bar.effective)
    hasher.combine(bar.payload)
    let content = hasher.finalize()
    let day = Day(symbol: bar.payload.symbol, date: bar.payload.date)
    guard
      let earlier = days.updateValue(Said(row: Int32(clamping: row), content: content), forKey: day)
    else { return }
    guard earlier.content != content else { return }
    days[day] = earlier
    throw BarsCSVError.conflictingBar.issue(
      row: row,
      "\(day.symbol) on \(day.date) stands in row \(earlier.row) with other values; keep one of them"
    )
  }

  /// The next good row's event, or null after the last. Bad rows are errors in ``report``.
  ///
  /// - Throws: ``CSVError`` where the file cannot be taken apart into rows.
  public mutating func next() throws(CSVError) -> Event? {
    guard parser != nil else { return nil }
    while let record = try reader.next() {
      if record.isBlank { continue }
      report.rows += 1
      row = record.row
      do throws(ImportIssue) {
        guard let bar = try parser?.bar(record, provider: origin.provider) else { return nil }
        try checkAgreement(of: bar, row: record.row)
        // Equal rows say the same thing twice; one event is enough, so no occurrence is counted.
        return Event(
          id: .minted(occurrence: 0), effective: bar.effective, source: origin.source,
          actor: origin.actor, correlation: origin.correlation, payload: .priceClosed(bar.payload))
      } catch {
        report.add(error: error)
      }
    }
    return nil
  }
}
