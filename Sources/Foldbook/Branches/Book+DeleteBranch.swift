import EventLog
import Events
import Records

extension Book {
  /// Deletes a what-if branch. What it stood for is kept in a small record.
  ///
  /// A branch that is damaged can be deleted too.
  ///
  /// - Throws: ``BookError/unknownBranch(name:known:)``; ``BookError/notAWhatIf(branch:)`` for the
  ///   first branch; ``BookError/branchHasChildren(name:children:)`` while others stand on it, on
  ///   whatever generation of it; `LogError` where the disk fails: then the branch is whole, or gone
  ///   with its record in place.
  public static func deleteBranch(
    _ name: String, at path: String, environment: BookEnvironment = .live
  ) throws -> DeletedBranch {
    let storage = environment.storage
    let manifest = try BookManifest.read(in: path, storage: storage)
    return try withBranchesLocked(at: path, environment) {
      let known = try names(at: path, storage)
      guard BranchName.problem(name) == nil, known.contains(name) else {
        throw BookError.unknownBranch(name: name, known: known)
      }
      guard name != BranchDetails.main.name else { throw BookError.notAWhatIf(branch: name) }
      let folder = BranchChain.folder(name, at: path)
      let details = try whole { try BranchDetails.read(in: folder, storage: storage) }
      try refuseChildren(of: name, details, among: known, at: path, storage)
      return try withLogLocked(of: details, in: folder, environment) {
        let record = try record(of: name, details, manifest, at: path, environment)
        let records = DeletedBranch.folder(at: path)
        try storage.makeDirectory(records)
        try storage.syncDirectory(path + "/branches")
        try Manifest.write(
          record.json, to: "\(records)/\(record.fileName)", in: records, storage: storage)
        // Without it the rest is no branch.
        try storage.remove(BranchDetails.path(in: folder))
        try storage.syncDirectory(folder)
        // What is left behind here is harmless: a fork of that name removes it.
        try? storage.removeTree(folder)
        try? storage.syncDirectory(path + "/branches")
        return record
      }
    }
  }

  /// The branches that were deleted, in the order of time.
  public static func deletedBranches(
    at path: String, environment: BookEnvironment = .live
  ) throws -> [DeletedBranch] {
    let storage = environment.storage
    let folder = DeletedBranch.folder(at: path)
    guard try storage.exists(folder) else { return [] }
    var deleted: [DeletedBranch] = []
    for name in try storage.list(folder) where name.hasSuffix(".json") {
      let file = "\(folder)/\(name)"
      let record = try DeletedBranch(Manifest.read(file, storage: storage), path: file)
      if try !isThere(record, at: path, storage) { deleted.append(record) }
    }
    return deleted.sorted { ($0.deleted, $0.name) < ($1.deleted, $1.name) }
  }

  /// Whether the deletion that wrote a record was broken off before it counted.
  private static func isThere(
    _ record: DeletedBranch, at path: String, _ storage: any Storage
  ) throws -> Bool {
    let folder = BranchChain.folder(record.name, at: path)
    guard try storage.exists(BranchDetails.path(in: folder)) else { return false }
    let details = try whole { try BranchDetails.read(in: folder, storage: storage) }
    return details?.id == record.id
  }

  private static func refuseChildren(
    of name: String, _ details: BranchDetails?, among known: [String], at path: String,
    _ storage: any Storage
  ) throws {
    var children: [String] = []
    for other in known where other != name {
      let folder = BranchChain.folder(other, at: path)
      let read = { try BranchDetails.read(in: folder, storage: storage) }
      // A branch that cannot be read may stand on this one: it is deleted first. Of two that cannot
      // be read neither is the use of the other.
      let other = try details == nil ? whole(read) : read()
      if let other, other.fork?.parent == name { children.append(other.name) }
    }
    guard children.isEmpty else {
      throw BookError.branchHasChildren(name: name, children: children.sorted())
    }
  }

  /// What something says that may be damaged or missing: then null. A disk that fails is no damage.
  private static func whole<Result>(_ body: () throws -> Result) throws -> Result? {
    do {
      return try body()
    } catch BookError.manifestDamaged {
      return nil
    } catch LogError.damaged {
      return nil
    } catch LogError.notFound {
      return nil
    }
  }

  /// An append that another process has begun is in the record, and none begins any more.
  private static func withLogLocked<Result>(
    of details: BranchDetails?, in folder: String, _ environment: BookEnvironment,
    _ body: () throws -> Result
  ) throws -> Result {
    let directory = (details?.logPath(in: folder) ?? folder) + "/log"
    guard try environment.storage.exists(directory) else { return try body() }
    return try environment.storage.withLock(directory + "/lock", environment, body)
  }

  private static func record(
    of name: String, _ details: BranchDetails?, _ manifest: BookManifest, at path: String,
    _ environment: BookEnvironment
  ) throws -> DeletedBranch {
    var record = DeletedBranch(
      id: details?.id, name: name, fork: details?.fork, generation: details?.generation,
      deleted: environment.now())
    guard let details,
      let book = try whole({
        try open(at: path, branch: name, mode: .readOnly, environment: environment)
      }), book.damage == nil
    else { return record }
    record.head = book.head
    record.logRoot = try whole { try book.rootText(at: book.head) }
    record.events = Int(book.log.head.rawValue + 1 - book.log.first.rawValue)
    precondition(details.id == book.details.id, "nobody replaces a branch while it is locked")
    return record
  }
}
