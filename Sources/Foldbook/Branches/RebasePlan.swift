import EventLog
import Events
import Records

/// A rebase that has stopped at a conflict: a small file `rebase.json` in the branch's folder, so
/// that a later process goes on with it.
///
/// It holds what `branch.json` is to be, and the ids of the events that are to be left out.
public struct RebasePlan: Hashable, Sendable {
  var details: BranchDetails
  /// Where the branch is to stand.
  public var target: ForkPoint
  /// The ids of own events that somebody left out.
  public var skipped: [String]

  init(_ details: BranchDetails, _ target: ForkPoint, skipped: [String] = []) {
    var details = details
    details.fork = target
    self.details = details
    self.target = target
    self.skipped = skipped
  }

  private static func path(in folder: String) -> String { folder + "/rebase.json" }

  func write(in folder: String, storage: any Storage) throws {
    let skipped = JSONMember("skipped", .array(skipped.map { .string($0) }))
    try Manifest.write(
      .object(details.members + [skipped]), to: Self.path(in: folder), in: folder,
      storage: storage)
  }

  /// The plan for a branch as it is; null where there is none, or the one there is was carried out.
  static func read(
    for branch: BranchDetails, in folder: String, storage: any Storage
  ) throws -> RebasePlan? {
    let path = path(in: folder)
    guard try storage.exists(path) else { return nil }
    let details = try BranchDetails.read(path, storage)
    let json = try Manifest.read(path, storage: storage)
    guard let target = details.fork, case .array(let skipped)? = json["skipped"] else {
      throw BookError.manifestDamaged(path: path, reason: "it needs a parent and what is skipped")
    }
    // The folder of a branch that was deleted may have left one behind.
    guard details.id == branch.id, details.generation == branch.generation + 1 else { return nil }
    return RebasePlan(details, target, skipped: skipped.compactMap(\.text))
  }

  static func remove(in folder: String, storage: any Storage) throws {
    guard try storage.exists(path(in: folder)) else { return }
    try storage.remove(path(in: folder))
    try storage.syncDirectory(folder)
  }
}

extension ForkPoint {
  /// As messages name it.
  var text: String {
    "'\(parent)' #\(sequence)" + (cut.map { " as of \($0)" } ?? "")
  }
}
