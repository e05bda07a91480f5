public import EventLog
import Events
public import ExactNumbers
import Portfolio
import Projections
import Records
import Synchronization

/// One ledger: its events, and everything that is folded from them.
///
/// ```swift
/// let book = try Book.open(at: "mybook")
/// let outcome = try book.append([event])
/// let holdings = try book.holdings(at: book.point(asOf: .instant(date.end)))
/// ```
///
/// A book is a folder (see the article *A book on disk*). Several processes may append to it at
/// once; readers never wait. All members may be called from any thread.
public final class Book: Sendable {
  /// The folder.
  public let path: String
  public let manifest: BookManifest
  /// The branch this book was opened on.
  public let details: BranchDetails
  /// The branch's own events.
  public let log: EventLog
  /// The branches it stands on and itself, from the first one on.
  let ancestry: [BranchDetails]
  private let currentLine: Mutex<BranchLog>
  let inheritedDamage: LogDamage?
  /// What the branch does not see of its ancestry.
  let horizon: Horizon

  let storage: any Storage
  let keys: PersonalKeys
  let environment: BookEnvironment
  /// The writer's state: every fact of the log that a rule may ask about, folded so far.
  let headState = Mutex(HeadState())

  init(
    path: String, manifest: BookManifest, chain: BranchChain, environment: BookEnvironment
  ) {
    self.path = path
    self.manifest = manifest
    details = chain.details
    ancestry = chain.ancestry
    log = chain.line.own
    currentLine = Mutex(chain.line)
    inheritedDamage = chain.inheritedDamage
    horizon = Horizon(chain.ancestry)
    self.environment = environment
    storage = environment.storage
    keys = PersonalKeys(
      bookPath: path, bookID: manifest.id, storage: environment.storage,
      randomBytes: environment.randomBytes)
  }

  /// Makes a new, empty book: a folder with its first branch, `main`, and no event yet.
  ///
  /// - Parameter id: Of the book; drawn at random where it is null.
  /// - Throws: ``BookError/exists(path:)`` when the folder holds a book.
  public static func create(
    at path: String, id: String? = nil, environment: BookEnvironment = .live
  ) throws -> Book {
    let storage = environment.storage
    guard try !storage.exists(BookManifest.path(in: path)) else {
      throw BookError.exists(path: path)
    }
    let manifest = BookManifest(
      id: id ?? randomUUID(environment.randomBytes(16)), created: environment.now())
    let folder = BranchChain.folder(BranchDetails.main.name, at: path)
    try storage.makeDirectory(folder)
    try BranchDetails.main.write(in: folder, storage: storage)
    _ = try EventLog.create(
      at: folder, identity: LogIdentity(book: manifest.id, branch: BranchDetails.main.id),
      registry: EventCatalog.registry, storage: storage, options: environment.logOptions)
    try storage.syncDirectory(path + "/branches")
    // Last, so that what has a book.json is a whole book.
    try manifest.write(in: path, storage: storage)
    try storage.syncDirectory(parent(of: path))
    return try open(at: path, environment: environment)
  }

  /// Opens a book.
  ///
  /// - Parameters:
  ///   - branch: The branch's name.
  ///   - mode: A book that is damaged is opened for reading only, whatever is asked.
  public static func open(
    at path: String, branch: String = "main", mode: EventLog.Mode = .readWrite,
    environment: BookEnvironment = .live
  ) throws -> Book {
    try open(at: path, branch: branch, mode: mode, among: nil, environment: environment)
  }

  /// Opens every branch for reading, what several of them stand on once.
  ///
  /// - Parameter body: Is given each name, in ascending order, and the book or why it cannot be opened.
  public static func openBranches(
    at path: String, environment: BookEnvironment = .live,
    _ body: (String, Result<Book, any Error>) throws -> Void
  ) throws {
    let opened = OpenedChains()
    for name in try names(at: path, environment.storage) {
      try body(
        name,
        Result {
          try open(
            at: path, branch: name, mode: .readOnly, among: opened, environment: environment)
        })
    }
  }

  private static func open(
    at path: String, branch: String, mode: EventLog.Mode, among opened: OpenedChains?,
    environment: BookEnvironment
  ) throws -> Book {
    let storage = environment.storage
    let manifest = try BookManifest.read(in: path, storage: storage)
    guard BranchName.problem(branch) == nil, try isBranch(branch, at: path, storage) else {
      throw BookError.unknownBranch(name: branch, known: try names(at: path, storage))
    }
    let chain = try BranchChain.open(
      branch, of: manifest, at: path, mode: mode, environment, among: opened
    ) { details in
      try max(
        tablesWatermark(details, BranchChain.folder(branch, at: path)),
        ForkMark.highest(in: BranchChain.folder(branch, at: path), details, storage))
    }
    let book = Book(path: path, manifest: manifest, chain: chain, environment: environment)
    book.completeForgetting()
    return book
  }

  /// The branches there are. What a fork that was broken off left behind is none.
  static func names(at path: String, _ storage: any Storage) throws -> [String] {
    try storage.list(path + "/branches").filter { try isBranch($0, at: path, storage) }
  }

  static func isBranch(_ name: String, at path: String, _ storage: any Storage) throws -> Bool {
    try storage.exists(BranchDetails.path(in: BranchChain.folder(name, at: path)))
  }

  /// The last event that the tables are known to hold: the log cannot end before it.
  ///
  /// Tables that cannot be read say nothing; they are made anew in time.
  private static func tablesWatermark(_ details: BranchDetails, _ folder: String) -> EventSequence {
    guard
      case .usable(let checkpoint)? = try? ProjectionStore(
        path: projectionsPath(details, in: folder)
      )
      .condition()
    else { return .zero }
    return checkpoint.sequence.own
  }

  /// The name of the branch this book was opened on.
  public var branch: String { details.name }

  /// All events that the branch shows: its ancestry's up to the fork, then its own.
  public var line: BranchLog { currentLine.withLock { $0 } }

  /// Looks for what other handles and processes have appended, to the branch and to what flows into
  /// it. Never waits for them.
  public func refresh() throws {
    try line.refresh()
    try repinLine()
  }

  /// Takes note that nothing flows in behind an own event any more.
  func pinLine(at own: EventSequence) {
    currentLine.withLock { $0 = $0.pinned(at: own) }
  }

  /// Looks in the log for the end of the session.
  func repinLine() throws {
    guard details.fork?.mode == .live, let pin = try BranchChain.pin(of: log) else { return }
    pinLine(at: pin)
  }

  /// When the last event that the branch stands on was recorded; what it adds is not earlier.
  var forkRecorded: Instant? {
    get throws { line.fork == .zero ? nil : try line.recorded(at: line.fork) }
  }

  /// The damage of the branch's log, or of what it stands on; null where none was found on opening.
  public var damage: LogDamage? { log.damage ?? inheritedDamage }

  /// Whether the branch is a what-if.
  public var isWhatIf: Bool { details.fork != nil }

  /// The folder of the branch this book was opened on.
  public var branchPath: String { BranchChain.folder(branch, at: path) }

  /// The folder that a path's last name is in.
  private static func parent(of path: String) -> String {
    var names = path.split(separator: "/", omittingEmptySubsequences: false)
    while names.count > 1, names.last?.isEmpty == true { names.removeLast() }
    names.removeLast()
    if names.isEmpty { return "." }
    return names == [""] ? "/" : names.joined(separator: "/")
  }
}

/// What a book takes from the world around it, so that a replay is a pure function.
public struct BookEnvironment: Sendable {
  public var storage: any Storage
  public var now: @Sendable () -> Instant
  public var randomBytes: @Sendable (Int) -> [UInt8]
  /// How long an append waits for another process's append before it gives up with
  /// `LogError.locked`, in milliseconds.
  public var lockWaitMilliseconds = LogOptions().lockWaitMilliseconds

  public init(
    storage: any Storage, now: @escaping @Sendable () -> Instant,
    randomBytes: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.storage = storage
    self.now = now
    self.randomBytes = randomBytes
  }

  var logOptions: LogOptions {
    var options = LogOptions()
    options.lockWaitMilliseconds = lockWaitMilliseconds
    return options
  }

  /// The disk, the system's clock and its random numbers.
  public static let live = BookEnvironment(
    storage: DiskStorage(), now: { Instant.now() },
    randomBytes: { count in
      var generator = SystemRandomNumberGenerator()
      return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    })
}

/// A random UUID (version 4) in lower case.
func randomUUID(_ random: [UInt8]) -> String {
  precondition(random.count == 16, "a UUID has sixteen bytes")
  var bytes = random
  bytes[6] = bytes[6] & 0x0F | 0x40
  bytes[8] = bytes[8] & 0x3F | 0x80
  var text = ""
  for (index, byte) in bytes.enumerated() {
    if [4, 6, 8, 10].contains(index) { text += "-" }
    text += hexadecimal(byte)
  }
  return text
}

/// Two lower-case digits.
func hexadecimal(_ byte: UInt8) -> String {
  let text = String(byte, radix: 16)
  return byte < 16 ? "0" + text : text
}
