import Events
public import ExactNumbers
public import Records

/// What is kept of a branch that was deleted: a small file `branches/.deleted/<id>.json`.
public struct DeletedBranch: Hashable, Sendable {
  /// Null where the branch's own file could not be read.
  public var id: String?
  public var name: String
  /// What `branch.json` said; null where it could not be read.
  public var fork: ForkPoint?
  public var generation: Int64?
  /// The last number it had; null for a branch that was damaged.
  public var head: EventSequence?
  /// What its log stood for there; null for a branch that was damaged.
  public var logRoot: String?
  /// How many events were its own; null for a branch that was damaged.
  public var events: Int?
  public var deleted: Instant

  public var parent: String? { fork?.parent }
}

extension DeletedBranch {
  static func folder(at path: String) -> String { "\(path)/branches/.deleted" }

  /// A branch whose id is not known is told apart by when it was deleted.
  var fileName: String {
    (id ?? "\(name)-\(deleted.nanosecondsSinceEpoch)") + ".json"
  }

  var json: JSONValue {
    var members: [JSONMember] = []
    func add(_ name: String, _ value: JSONValue?) {
      members.append(JSONMember(name, value ?? .null))
    }
    add("id", id.map { .string($0) })
    add("name", .string(name))
    if let fork { members += fork.members }
    add("generation", generation.map { .number(JSONNumber($0)) })
    add("head", head.map { .string($0.description) })
    add("head_log_root", logRoot.map { .string($0) })
    add("events", events.map { .number(JSONNumber(Int64($0))) })
    add("deleted", .string(deleted.description))
    return .object(members)
  }

  /// - Throws: ``BookError/manifestDamaged(path:reason:)``.
  init(_ json: JSONValue, path: String) throws {
    guard let name = json["name"]?.text,
      let deleted = json["deleted"]?.text.flatMap({ Instant($0) })
    else {
      throw BookError.manifestDamaged(path: path, reason: "it needs a name and a deleted time")
    }
    self.init(
      id: json["id"]?.text, name: name, fork: ForkPoint(json),
      generation: json["generation"]?.decimal?.integerValue,
      head: json["head"]?.text.flatMap { EventSequence($0) },
      logRoot: json["head_log_root"]?.text,
      events: json["events"]?.decimal?.integerValue.map { Int($0) }, deleted: deleted)
  }
}
