import EventLog
import Synchronization

/// The disk, with a count of what is asked of it.
final class CountedStorage: Storage {
  struct Counts {
    var syncs = 0
    var syncMilliseconds = 0.0
    var bytesWritten = 0
    var bytesRead = 0
    var calls = 0
  }

  private let disk = DiskStorage()
  private let kept = Mutex(Counts())

  /// The counts since the last call.
  func take() -> Counts {
    kept.withLock { counts in
      defer { counts = Counts() }
      return counts
    }
  }

  fileprivate func count(_ change: (inout Counts) -> Void) {
    kept.withLock { counts in
      counts.calls += 1
      change(&counts)
    }
  }

  fileprivate func countSync(_ body: () throws(StorageError) -> Void) throws(StorageError) {
    let clock = ContinuousClock()
    let started = clock.now
    try body()
    let time = (clock.now - started) / .milliseconds(1)
    count {
      $0.syncs += 1
      $0.syncMilliseconds += time
    }
  }

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
    count { _ in }
    return CountedFile(file: try disk.open(path, mode), storage: self)
  }
  func rename(_ path: String, to target: String) throws(StorageError) {
    count { _ in }
    try disk.rename(path, to: target)
  }
  func remove(_ path: String) throws(StorageError) {
    count { _ in }
    try disk.remove(path)
  }
  func list(_ directory: String) throws(StorageError) -> [String] {
    count { _ in }
    return try disk.list(directory)
  }
  func makeDirectory(_ path: String) throws(StorageError) {
    count { _ in }
    try disk.makeDirectory(path)
  }
  func syncDirectory(_ path: String) throws(StorageError) {
    try countSync { () throws(StorageError) in try disk.syncDirectory(path) }
  }
  func exists(_ path: String) throws(StorageError) -> Bool {
    count { _ in }
    return try disk.exists(path)
  }
  func lock(_ path: String) throws(StorageError) -> any StorageLock {
    count { _ in }
    return try disk.lock(path)
  }
}

private struct CountedFile: StorageFile {
  let file: any StorageFile
  let storage: CountedStorage

  var path: String { file.path }
  func readSome(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
    let bytes = try file.readSome(at: offset, count: count)
    storage.count { $0.bytesRead += bytes.count }
    return bytes
  }
  func writeSome(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(StorageError) -> Int {
    let written = try file.writeSome(bytes, at: offset)
    storage.count { $0.bytesWritten += written }
    return written
  }
  func truncate(to size: UInt64) throws(StorageError) { try file.truncate(to: size) }
  func sync() throws(StorageError) {
    try storage.countSync { () throws(StorageError) in try file.sync() }
  }
  func size() throws(StorageError) -> UInt64 {
    storage.count { _ in }
    return try file.size()
  }
}
