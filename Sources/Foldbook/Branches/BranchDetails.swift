import EventLog
public import Events
public import ExactNumbers
public import Records

/// What `branch.json` says of a branch: the one small file that a fork writes.
public struct BranchDetails: Hashable, Sendable {
  /// Part of the identity of its log. It is never given again, unlike the name.
  public var id: String
  /// The name of its folder, and on a what-if branch the id of its modelling session.
  public var name: String
  /// Counts the rewritings of the branch's log by a rebase.
  public var generation: Int64 = 0
  /// When it was forked; null for the first branch.
  public var created: Instant?
  /// Where it leaves its parent; null for the first branch.
  public var fork: ForkPoint?

  static let main = BranchDetails(id: "main", name: "main")
}

/// Where a branch leaves its parent.
public struct ForkPoint: Hashable, Sendable {
  public var parent: String
  /// Of the parent's log that it stands on; the parent may have a later one by now.
  public var parentGeneration: Int64
  /// The last number of the parent's that the branch shows.
  public var sequence: EventSequence
  /// What is effective later is invisible in the branch; null where it was not forked as of a date.
  public var cut: Instant?
  public var mode: ModelMode
  /// What the parent's log stands for at ``sequence``.
  public var logRoot: String
  /// Of a live parent, the last event that had flowed into it there, whatever its source records
  /// later under an earlier time; null where nothing flows into the parent.
  public var flowedThrough: EventSequence?
}

extension BranchDetails {
  /// The folder that a generation's log is in.
  static func logPath(in folder: String, generation: Int64) -> String {
    generation == 0 ? folder : "\(folder)/generation-\(generation)"
  }

  static func path(in folder: String) -> String { folder + "/branch.json" }

  /// The folder that the log of this generation is in.
  func logPath(in folder: String) -> String {
    Self.logPath(in: folder, generation: generation)
  }

  func logIdentity(of manifest: BookManifest) -> LogIdentity {
    LogIdentity(book: manifest.id, branch: id, generation: UInt32(generation))
  }

  /// What a generation was, once a rebase has put another in its place: branches that were forked
  /// from it stand on it.
  private static func path(in folder: String, superseded generation: Int64) -> String {
    "\(folder)/branch.\(generation).json"
  }

  func write(in folder: String, storage: any Storage) throws {
    try Manifest.write(json, to: Self.path(in: folder), in: folder, storage: storage)
  }

  /// Keeps what the generation is, for when it is not the branch's any more.
  func writeSuperseded(in folder: String, storage: any Storage) throws {
    try Manifest.write(
      json, to: Self.path(in: folder, superseded: generation), in: folder, storage: storage)
  }

  private var json: JSONValue { .object(members) }

  var members: [JSONMember] {
    var members: [JSONMember] = [
      JSONMember("id", .string(id)), JSONMember("name", .string(name)),
    ]
    if fork == nil { members.append(JSONMember("parent", .null)) }
    if let fork { members += fork.members }
    members.append(JSONMember("generation", .number(JSONNumber(generation))))
    if let created { members.append(JSONMember("created", .string(created.description))) }
    return members
  }

  /// Reads what a folder says of its branch.
  ///
  /// - Parameter generation: Null for the one that the branch has now.
  /// - Throws: ``BookError/manifestDamaged(path:reason:)``.
  static func read(
    in folder: String, generation: Int64? = nil, storage: any Storage
  ) throws -> BranchDetails {
    if let generation {
      let path = path(in: folder, superseded: generation)
      if try storage.exists(path) { return try read(path, storage) }
    }
    let details = try read(path(in: folder), storage)
    if let generation, details.generation != generation {
      throw BookError.manifestDamaged(
        path: path(in: folder, superseded: generation), reason: "it is missing")
    }
    return details
  }

  static func read(_ path: String, _ storage: any Storage) throws -> BranchDetails {
    guard try storage.exists(path) else {
      throw BookError.manifestDamaged(path: path, reason: "it is missing")
    }
    let json = try Manifest.read(path, storage: storage)
    guard let id = json["id"]?.text, let name = json["name"]?.text,
      let generation = json["generation"]?.decimal?.integerValue, isGeneration(generation)
    else {
      throw BookError.manifestDamaged(path: path, reason: "it needs an id, a name and a generation")
    }
    var details = BranchDetails(id: id, name: name, generation: generation)
    details.created = json["created"]?.text.flatMap { Instant($0) }
    if json["parent"]?.text != nil {
      guard let fork = ForkPoint(json) else {
        throw BookError.manifestDamaged(
          path: path, reason: "it names a parent and not where it leaves it")
      }
      details.fork = fork
    }
    return details
  }

  fileprivate static func isGeneration(_ number: Int64) -> Bool {
    (0...Int64(UInt32.max)).contains(number)
  }
}

extension ForkPoint {
  var members: [JSONMember] {
    [
      JSONMember("parent", .string(parent)),
      JSONMember("parent_generation", .number(JSONNumber(parentGeneration))),
      JSONMember("sequence", .string(sequence.description)),
      JSONMember("cut", cut.map { .string($0.description) } ?? .null),
      JSONMember("mode", .string(mode.rawValue)),
      JSONMember("log_root", .string(logRoot)),
      JSONMember("flowed_through", flowedThrough.map { .string($0.description) } ?? .null),
    ]
  }

  init?(_ json: JSONValue) {
    guard let parent = json["parent"]?.text,
      let generation = json["parent_generation"]?.decimal?.integerValue,
      BranchDetails.isGeneration(generation),
      let sequence = json["sequence"]?.text.flatMap({ EventSequence($0) }),
      let mode = json["mode"]?.text.flatMap({ ModelMode(rawValue: $0) }),
      let logRoot = json["log_root"]?.text
    else { return nil }
    var cut: Instant?
    if let text = json["cut"]?.text {
      guard let instant = Instant(text) else { return nil }
      cut = instant
    }
    self.init(
      parent: parent, parentGeneration: generation, sequence: sequence, cut: cut, mode: mode,
      logRoot: logRoot,
      flowedThrough: json["flowed_through"]?.text.flatMap { EventSequence($0) })
  }
}
