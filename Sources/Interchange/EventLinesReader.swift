public import Events

/// Reads a file of CloudEvents JSON Lines event by event, and keeps a report of what it passed over.
public struct EventLinesReader {
  /// Complete once ``next()`` has returned null; `created` and `unchanged` are the caller's to fill.
  public private(set) var report = ImportReport(format: .cloudEvents)

  /// The line of the event that ``next()`` returned last, from 1.
  public private(set) var row = 0

  private var lines: EventLines

  /// - Parameter allowsUnknownKinds: Keep events of kinds the catalogue does not know.
  public init(_ input: ByteInput, allowsUnknownKinds: Bool = false) {
    lines = EventLines(input, allowsUnknownKinds: allowsUnknownKinds)
  }

  /// How many bytes of the input have been taken in, for progress.
  public var bytesTaken: Int { lines.bytesTaken }

  /// The next good line's event with the recorded time its sender gave, or null after the last.
  /// Bad lines are errors in ``report``.
  ///
  /// - Throws: ``InputError`` where the text cannot be read as lines of UTF-8.
  public mutating func next() throws(InputError) -> Event? {
    while let line = try lines.next() {
      report.rows += 1
      row = line.number
      switch line.result {
      case .success(let cloudEvent):
        var event = cloudEvent.event
        event.recorded = cloudEvent.recordedTime
        return event
      case .failure(let error): report.add(error: ImportIssue(error))
      }
    }
    return nil
  }
}
