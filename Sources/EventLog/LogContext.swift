import Records

/// What every part of one open log needs to know.
final class LogContext: Sendable {
  let path: String
  let identity: LogIdentity
  let registry: KindRegistry
  let storage: any Storage
  let options: LogOptions
  let counters = LogCounters()
  let blocks = BlockCache()
  let tables = IDTables()
  let filters = IDFilters()
  let openFiles = OpenFiles()

  init(
    path: String, identity: LogIdentity, registry: KindRegistry, storage: any Storage,
    options: LogOptions
  ) {
    self.path = path
    self.identity = identity
    self.registry = registry
    self.storage = storage
    self.options = options
  }

  var logDirectory: String { "\(path)/log" }
  var journalPath: String { "\(path)/log/journal" }
  var newJournalPath: String { "\(path)/log/journal.new" }
  var lockPath: String { "\(path)/log/lock" }
  var summaryDirectory: String { "\(path)/summaries" }

  func segmentPath(_ first: EventSequence) -> String {
    "\(logDirectory)/\(SegmentName.text(first)).seg"
  }
  func tablePath(_ first: EventSequence) -> String {
    "\(summaryDirectory)/\(SegmentName.text(first)).ids"
  }

  func read(
    _ file: any StorageFile, at offset: UInt64, count: Int
  ) throws(StorageError) -> [UInt8] {
    let bytes = try file.read(at: offset, count: count)
    counters.count { $0.bytesRead += bytes.count }
    return bytes
  }

  func sync(_ file: any StorageFile) throws(StorageError) {
    counters.count { $0.syncs += 1 }
    try file.sync()
  }

  func syncDirectory() throws(StorageError) {
    counters.count { $0.syncs += 1 }
    try storage.syncDirectory(logDirectory)
  }
}

/// A segment is named by its first sequence, in 20 digits, so that names sort as sequences do.
enum SegmentName {
  static func text(_ first: EventSequence) -> String {
    let digits = String(first.rawValue)
    return String(repeating: "0", count: 20 - digits.utf8.count) + digits
  }

  /// Null for a name that is not a segment's.
  static func sequence(_ name: String, suffix: String = ".seg") -> EventSequence? {
    guard name.hasSuffix(suffix), name.utf8.count == 20 + suffix.utf8.count,
      name.utf8.prefix(20).allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return UInt64(name.prefix(20)).map { EventSequence($0) }
  }
}
