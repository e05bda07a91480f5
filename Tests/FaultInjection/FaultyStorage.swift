public import EventLog

/// A file system in memory that fails when it is told to, and forgets what was not synced.
///
/// It knows of every file what is there now and what would be there after a loss of power. A crash
/// (``crash(seed:)``) decides for each sector of 512 bytes that was written and not synced by
/// itself whether it got to the disk, for each file whether its new size did, and for each
/// directory how many of its changes of names did, in their order.
public final class FaultyStorage: Storage {
  /// A kind of call, as faults are aimed at them and as they are recorded.
  public enum Call: String, Hashable, Sendable, CaseIterable {
    case open, read, write, truncate, sync, size, rename, remove, list, makeDirectory,
      syncDirectory, exists, lock
  }

  /// What a call does instead of what it should.
  public enum Fault: Hashable, Sendable {
    /// Fails with this error number, and does nothing.
    case fail(Int32)
    /// A write that writes only a part, without an error.
    case short
    /// A write that writes a part, and the next one fails with this error number.
    case tornThenFail(Int32)
    /// A sync that fails; what it should have synced counts as clean from then on, though it is not
    /// on the disk. This is how kernels behave.
    case lostSync(Int32)
  }

  public static let inputOutputError: Int32 = 5
  public static let noSpace: Int32 = 28
  public static let readOnlyDisk: Int32 = 30
  static let notFound: Int32 = 2

  let disk = Guarded(FaultyDisk())

  public init() {}

  // MARK: Faults

  /// Makes the n-th call from now on go wrong, counted among those of some kinds.
  ///
  /// - Parameter lasting: All calls of these kinds after it fail, too.
  public func plan(_ fault: Fault, at index: Int, of calls: Set<Call>, lasting: Bool = false) {
    disk.withLock {
      $0.plan = FaultyDisk.Plan(fault: fault, countdown: index, calls: calls, isLasting: lasting)
    }
  }

  public func clearPlan() { disk.withLock { $0.plan = nil } }

  /// Whether the planned fault has come up.
  public var hasFailed: Bool { disk.withLock { $0.hasFailed } }

  /// How many calls of some kinds there have been.
  public func count(_ calls: Set<Call> = Set(Call.allCases)) -> Int {
    disk.withLock { disk in disk.record.count { calls.contains($0) } }
  }

  /// From the n-th call that changes something on, nothing more happens and every call fails, as
  /// if the machine had stopped there.
  public func stop(afterChanges count: Int) { disk.withLock { $0.changesLeft = count } }

  /// How many calls have changed something.
  public var changes: Int { disk.withLock { $0.changes } }

  /// The power fails, and the machine starts again: locks are gone, faults are over.
  public func crash(seed: UInt64) { disk.withLock { $0.crash(seed: seed) } }

  /// All processes end, and the machine goes on.
  public func killProcesses() {
    disk.withLock { disk in
      disk.changesLeft = nil
      disk.plan = nil
      disk.locks = [:]
      disk.generation += 1
    }
  }

  /// The same content in a storage of its own, all of it synced.
  public func copy() -> FaultyStorage {
    let copy = FaultyStorage()
    let content = disk.withLock { $0.settled() }
    copy.disk.withLock { $0 = content }
    return copy
  }

  // MARK: Looking and meddling

  /// All files with their sizes.
  public var files: [String: Int] {
    disk.withLock { disk in disk.names.mapValues { $0.bytes.count } }
  }

  public func bytes(of path: String) -> [UInt8]? { disk.withLock { $0.names[path]?.bytes } }

  /// Replaces a file's content, as if it had always been so.
  public func replace(_ path: String, with bytes: [UInt8]) {
    disk.withLock { disk in
      let file = FaultyDisk.File()
      file.bytes = bytes
      file.durable = bytes
      disk.names[path] = file
      disk.durableNames[path] = file
    }
  }

  public func flipBit(_ bit: Int, ofByte offset: Int, in path: String) {
    guard var bytes = bytes(of: path) else { return }
    bytes[offset] ^= 1 << UInt8(bit)
    replace(path, with: bytes)
  }

  public func cut(_ path: String, to count: Int) {
    guard let bytes = bytes(of: path) else { return }
    replace(path, with: Array(bytes.prefix(count)))
  }

  public func delete(_ path: String) {
    disk.withLock { disk in
      disk.names[path] = nil
      disk.durableNames[path] = nil
    }
  }

  /// Gives a file another name, as if it had always had it.
  public func move(_ path: String, to target: String) {
    guard let bytes = bytes(of: path) else { return }
    delete(path)
    replace(target, with: bytes)
  }
}

// MARK: - Storage

extension FaultyStorage {
  public func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
    try perform(.open, path, isChange: mode == .create) {
      (disk, _) throws(StorageError) -> any StorageFile in
      if mode == .create {
        guard disk.directories.contains(parent(path)) else { throw error(.open, path) }
        if let old = disk.names[path] {
          old.truncate(to: 0)
          return FaultyFile(self, path, old, disk.generation)
        }
        let file = FaultyDisk.File()
        disk.names[path] = file
        disk.pendingNames.append(.link(path, file))
        return FaultyFile(self, path, file, disk.generation)
      }
      guard let file = disk.names[path] else { throw error(.open, path) }
      return FaultyFile(self, path, file, disk.generation)
    }
  }

  public func rename(_ path: String, to target: String) throws(StorageError) {
    try perform(.rename, path, isChange: true) { (disk, _) throws(StorageError) in
      guard let file = disk.names[path] else { throw error(.rename, path) }
      disk.names[path] = nil
      disk.names[target] = file
      disk.pendingNames.append(.move(path, target, file))
    }
  }

  public func remove(_ path: String) throws(StorageError) {
    try perform(.remove, path, isChange: true) { (disk, _) throws(StorageError) in
      if disk.directories.contains(path) {
        let below = Array(disk.names.keys) + Array(disk.directories)
        guard !below.contains(where: { $0.hasPrefix(path + "/") }) else {
          throw error(.remove, path)
        }
        disk.directories.remove(path)
        return
      }
      guard disk.names[path] != nil else { throw error(.remove, path) }
      disk.names[path] = nil
      disk.pendingNames.append(.unlink(path))
    }
  }

  public func list(_ directory: String) throws(StorageError) -> [String] {
    try perform(.list, directory) { (disk, _) throws(StorageError) -> [String] in
      guard disk.directories.contains(directory) else { throw error(.list, directory) }
      let prefix = directory + "/"
      let below = Array(disk.names.keys) + Array(disk.directories)
      return Set(
        below.filter { $0.hasPrefix(prefix) }
          .compactMap { $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init) }
      ).sorted()
    }
  }

  public func makeDirectory(_ path: String) throws(StorageError) {
    try perform(.makeDirectory, path, isChange: true) { disk, _ in
      // Directories are taken to last at once: the log's own are made before it is used.
      var path = path
      while !path.isEmpty, disk.directories.insert(path).inserted { path = parent(path) }
    }
  }

  public func syncDirectory(_ path: String) throws(StorageError) {
    try perform(.syncDirectory, path, isChange: true) { (disk, _) throws(StorageError) in
      guard disk.directories.contains(path) else { throw error(.syncDirectory, path) }
      disk.syncNames(of: path)
    }
  }

  public func exists(_ path: String) throws(StorageError) -> Bool {
    try perform(.exists, path) { disk, _ in
      disk.names[path] != nil || disk.directories.contains(path)
    }
  }

  public func lock(_ path: String) throws(StorageError) -> any StorageLock {
    try perform(.lock, path, isChange: true) { (disk, _) throws(StorageError) -> any StorageLock in
      guard disk.directories.contains(parent(path)) else { throw error(.lock, path) }
      if disk.names[path] == nil {
        let file = FaultyDisk.File()
        disk.names[path] = file
        disk.pendingNames.append(.link(path, file))
      }
      disk.nextHolder += 1
      return FaultyLock(self, path, holder: disk.nextHolder)
    }
  }

  private func error(_ call: Call, _ path: String) -> StorageError {
    StorageError(call: call.rawValue, path: path, errno: Self.notFound)
  }

  /// Runs a call with whatever fault is due. The body gets the fault if it is one it must act out.
  func perform<Result>(
    _ call: Call, _ path: String, isChange: Bool = false, generation: Int? = nil,
    _ body: (inout FaultyDisk, Fault?) throws(StorageError) -> Result
  ) throws(StorageError) -> Result {
    try disk.withLock { (disk) throws(StorageError) in
      disk.record.append(call)
      // A process that was killed does nothing any more.
      if let generation, generation != disk.generation {
        throw StorageError(call: call.rawValue, path: path, errno: Self.inputOutputError)
      }
      if isChange {
        if let left = disk.changesLeft {
          guard left > 0 else {
            throw StorageError(call: call.rawValue, path: path, errno: Self.inputOutputError)
          }
          disk.changesLeft = left - 1
        }
        disk.changes += 1
      }
      let fault = disk.dueFault(call)
      if case .fail(let number)? = fault {
        throw StorageError(call: name(call), path: path, errno: number)
      }
      return try body(&disk, fault)
    }
  }

  private func name(_ call: Call) -> String {
    call == .syncDirectory ? "sync directory" : call.rawValue
  }

  private func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return String(path[..<slash])
  }
}

private struct FaultyFile: StorageFile {
  let storage: FaultyStorage
  let path: String
  let file: FaultyDisk.File
  let generation: Int

  init(_ storage: FaultyStorage, _ path: String, _ file: FaultyDisk.File, _ generation: Int) {
    self.storage = storage
    self.path = path
    self.file = file
    self.generation = generation
  }

  func readSome(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
    try storage.perform(.read, path, generation: generation) { _, fault in
      let start = min(Int(offset), file.bytes.count)
      var end = min(start + count, file.bytes.count)
      if fault == .short, end > start + 1 { end = start + (end - start) / 2 }
      return Array(file.bytes[start..<end])
    }
  }

  func writeSome(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(StorageError) -> Int {
    try storage.perform(.write, path, isChange: true, generation: generation) { disk, fault in
      var bytes = bytes
      if fault != nil, bytes.count > 1 { bytes = bytes.prefix(bytes.count / 2) }
      if case .tornThenFail(let number)? = fault {
        disk.plan = FaultyDisk.Plan(
          fault: .fail(number), countdown: 0, calls: [.write], isLasting: false)
      }
      file.write(bytes, at: Int(offset))
      return bytes.count
    }
  }

  func truncate(to size: UInt64) throws(StorageError) {
    try storage.perform(.truncate, path, isChange: true, generation: generation) { _, _ in
      file.truncate(to: Int(size))
    }
  }

  func sync() throws(StorageError) {
    try storage.perform(.sync, path, isChange: true, generation: generation) {
      (_, fault) throws(StorageError) in
      if case .lostSync(let number)? = fault {
        file.forgetUnsynced()
        throw StorageError(call: "sync", path: path, errno: number)
      }
      file.sync()
    }
  }

  func size() throws(StorageError) -> UInt64 {
    try storage.perform(.size, path, generation: generation) { _, _ in UInt64(file.bytes.count) }
  }
}

private struct FaultyLock: StorageLock {
  let storage: FaultyStorage
  let path: String
  let holder: Int

  init(_ storage: FaultyStorage, _ path: String, holder: Int) {
    self.storage = storage
    self.path = path
    self.holder = holder
  }

  func tryLock() throws(StorageError) -> Bool {
    try storage.perform(.lock, path) { disk, _ in
      if let other = disk.locks[path], other != holder { return false }
      disk.locks[path] = holder
      return true
    }
  }

  func unlock() {
    storage.disk.withLock { disk in
      if disk.locks[path] == holder { disk.locks[path] = nil }
    }
  }
}
