public import Calculations
import Crypto
import EventLog
public import Events
public import ExactNumbers
import Portfolio
public import Records

/// The result of a step at a point.
public struct PointResult: Sendable {
  public var output: CalculationOutput
  /// When it was worked out.
  public var calculatedAt: Instant
  /// Until when a result of the head is fresh; null for one of the past, which stays what it is.
  public var expiresAt: Instant?
}

/// What is calculated at one point on the two clocks.
///
/// Results are kept in the branch's `summaries/results`, under the last fact they can depend on, the
/// as-of, the method and whom they are of; so they are valid until the next fact, and facts of another
/// known-at never meet them. Delete the folder at will.
public final class PointCalculations {
  private let book: Book
  public let point: ReplayPoint
  /// The last fact that results depend on.
  public let input: EventSequence
  /// Results of the head are fresh for a while only; those of the past for ever.
  private let isLive: Bool
  /// Of the log at ``input``: the same number may be another event in a restored book.
  private let root: String
  private var made: CalculationDay?

  init(_ book: Book, _ point: ReplayPoint) throws {
    self.book = book
    self.point = point
    input = try book.inputSequence(through: point.knownAt)
    root = try book.rootText(at: input)
    isLive = try point.asOf >= book.defaultAsOf() ?? .distantPast
  }

  /// The day, from the facts of the point; they are read when they are first needed.
  public func day() throws -> CalculationDay {
    if let made { return made }
    let state = try book.calculationState(at: point)
    let day = CalculationDay(state, date: point.asOf.date, asOf: point.asOf)
    made = day
    return day
  }

  /// The result of a step, as the daily batch would have it, with every step it builds on.
  public func result(_ step: Step, of portfolio: PortfolioID? = nil) throws -> PointResult {
    let method = MethodCatalog.current(step)
    let file = resultPath(method, portfolio)
    if let kept = read(file) { return kept }
    let output = try method.output(day(), portfolio, completed: Set(Step.allCases))
    let now = book.environment.now()
    let result = PointResult(
      output: output, calculatedAt: now, expiresAt: try expiry(of: now, portfolio))
    write(result, to: file)
    return result
  }

  // MARK: Kept results

  private var folder: String { book.branchPath + "/summaries/results" }

  private func resultPath(_ method: Method, _ portfolio: PortfolioID?) -> String {
    let key = [
      book.manifest.id, book.details.id, String(book.details.generation), String(input.rawValue),
      root, point.asOf.description,
      method.name, portfolio?.rawValue ?? "",
    ].map { JSONValue.string($0).compactText }.joined(separator: ",")
    let digest = SHA256.hash(data: Array(key.utf8)).map(hexadecimal).joined()
    return "\(folder)/\(digest)"
  }

  /// `stress.ttl_seconds` after it was calculated.
  private func expiry(of calculated: Instant, _ portfolio: PortfolioID?) throws -> Instant? {
    guard isLive else { return nil }
    let seconds = Int64(try day().whole(.stressTimeToLive, portfolio))
    let (sum, overflow) = calculated.nanosecondsSinceEpoch
      .addingReportingOverflow(seconds * 1_000_000_000)
    return Instant(nanosecondsSinceEpoch: overflow ? .max : sum)
  }

  /// Null where there is none, where it has grown old, or where it is not what was written.
  private func read(_ path: String) -> PointResult? {
    guard let file = try? book.storage.open(path, .read),
      let size = try? file.size(),
      let bytes = try? file.read(at: 0, count: Int(size))
    else { return nil }
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1)
    guard parts.count == 2, let header = try? JSONValue(parsing: String(parts[0])),
      case .string(let time)? = header["calculated_at"], let calculated = Instant(time),
      case .string(let digest)? = header["digest"],
      let output = CalculationOutput(text: String(parts[1])), output.digest == digest
    else { return nil }
    let expiry: Instant?
    if case .string(let time)? = header["expires_at"] {
      expiry = Instant(time)
    } else {
      expiry = nil
    }
    if isLive {
      let now = book.environment.now()
      guard let expiry, calculated <= now, now < expiry else { return nil }
    }
    return PointResult(output: output, calculatedAt: calculated, expiresAt: isLive ? expiry : nil)
  }

  /// A result that cannot be kept is worked out again the next time: no answer depends on it.
  private func write(_ result: PointResult, to path: String) {
    let header = JSONValue.object([
      JSONMember("calculated_at", .string(result.calculatedAt.description)),
      JSONMember("digest", .string(result.output.digest)),
      JSONMember("expires_at", result.expiresAt.map { .string($0.description) } ?? .null),
    ])
    let text = "\(header.compactText)\n\(result.output.text)"
    let new = "\(path)-\(book.newID())"
    do {
      try book.storage.makeDirectory(folder)
      try emptyWhenFull()
      let file = try book.storage.open(new, .create)
      try file.write(Array(text.utf8), at: 0)
      try book.storage.rename(new, to: path)
    } catch {
      try? book.storage.remove(new)
    }
  }

  private static let resultCountMax = 512

  /// The folder is emptied when it has grown full.
  private func emptyWhenFull() throws {
    let names = try book.storage.list(folder)
    guard names.count >= Self.resultCountMax else { return }
    for name in names { try book.storage.remove("\(folder)/\(name)") }
  }
}

extension Book {
  /// What is calculated at a point.
  public func calculations(at point: ReplayPoint) throws -> PointCalculations {
    try PointCalculations(self, point)
  }
}
