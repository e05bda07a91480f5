import ArgumentParser
import EventLog
import Events
import ExactNumbers
import Foldbook
import Records

/// The options of every export.
struct ExportOptions: ParsableArguments {
  @Flag(help: "Do not record the export as an event")
  var noRecord = false

  @Option(help: ArgumentHelp("Who exports (default: FOLDBOOK_ACTOR)", valueName: "name"))
  var actor: String?

  /// The book, open for writing where the export is to be recorded.
  ///
  /// A book that cannot be written to, on a read-only disk for instance, can still be exported.
  func session(_ options: GlobalOptions) throws -> BookSession {
    if noRecord { return try BookSession(options) }
    do {
      return try BookSession(options, mode: .readWrite)
    } catch let error as LogError {
      guard error.isAboutWriting else { throw error }
      return try BookSession(options)
    } catch let error as StorageError {
      guard LogError.storage(error).isAboutWriting else { throw error }
      return try BookSession(options)
    }
  }
}

extension LogError {
  /// The log could not be written to, which says nothing about reading it.
  fileprivate var isAboutWriting: Bool {
    switch self {
    case .readOnly: true
    case .storage(let cause):
      cause.isReadOnly || cause.errno == permissionDenied || cause.errno == operationNotPermitted
    case .damaged: true
    default: false
    }
  }
}

/// A file that is exported: counted, hashed and, once it is complete, recorded.
struct ExportFile {
  private let session: BookSession
  private let type: ExportType
  private let format: ExportFormat
  private let logRoot: String
  /// Null for standard output.
  private let path: String?
  private var output: HashedOutput
  private var rowCount = 0
  private var warnings: [String] = []

  /// - Parameter path: Where it goes; null is where the options say.
  init(
    _ session: BookSession, type: ExportType, format: ExportFormat, path: String? = nil
  ) throws {
    self.session = session
    self.path = path ?? session.options.output
    self.type = type
    self.format = format
    logRoot = try session.book.logRoot(at: session.point().point.knownAt).description
    output = try HashedOutput(path: self.path)
  }

  mutating func write(_ text: String) throws { try output.write(text) }

  mutating func write(row: [UInt8]) throws {
    rowCount += 1
    try output.write(row)
  }

  mutating func warn(_ text: String) { warnings.append(text) }

  /// Completes the file, and records it.
  mutating func finish(
    at point: ResolvedPoint, asOf: Instant?, _ export: ExportOptions,
    modelSession: SessionID? = nil
  ) throws {
    let hash = try output.finish()
    let options = session.options
    for warning in warnings { tell("warning: \(warning)") }
    let name = path.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    if !options.quiet {
      tell(
        "wrote \(counted(rowCount, "row")), \(grouped(output.byteCount)) bytes, SHA-256 \(hash), "
          + "through #\(point.point.knownAt)")
    }
    guard !export.noRecord else { return }
    if session.book.log.mode == .readOnly || session.book.damage != nil {
      return tell("warning: the book is open for reading only, so the export is not recorded")
    }
    do {
      try record(name, hash, at: point, asOf: asOf, export, modelSession)
    } catch let error as LogError where error.isReadOnlyDisk {
      tell("warning: \(error); so the export is not recorded")
    }
  }

  private func record(
    _ name: String?, _ hash: String, at point: ResolvedPoint, asOf: Instant?,
    _ export: ExportOptions, _ modelSession: SessionID?
  ) throws {
    let options = session.options
    let id = session.book.newID()
    let outcome = try session.book.append([
      Event(
        id: .given(id), effective: currentInstant(), source: EventFactory.source,
        actor: actorName(export.actor),
        payload: .exportMade(
          ExportMade(
            export: ExportID(id), exportType: type, exportFormat: format,
            fileName: name ?? "standard output", fileSizeBytes: Int64(output.byteCount),
            sha256: hash, portfolio: options.portfolioID, session: modelSession, asOf: asOf,
            throughSequence: Int64(clamping: point.point.knownAt.own.rawValue), logRoot: logRoot,
            rowCount: Int64(rowCount))))
    ])
    if !options.quiet { tell("recorded as export.made, sequence #\(outcome.head)") }
  }

  private func tell(_ text: String) { Terminal.writeError(text + "\n") }
}

extension LogError {
  fileprivate var isReadOnlyDisk: Bool {
    guard case .storage(let cause) = self else { return false }
    return cause.isReadOnly
  }
}

/// Who does something: the name given, else that of `FOLDBOOK_ACTOR`.
func actorName(_ given: String?) -> String? {
  if let given { return given }
  guard let name = Terminal.environment("FOLDBOOK_ACTOR"), !name.isEmpty else { return nil }
  return name
}
