/// The file system, as far as the log needs one.
///
/// Every access of the log to a disk goes through this, so that tests can put one under it that
/// fails, tears and forgets. Paths are plain strings with `/` between their parts.
public protocol Storage: Sendable {
  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile
  /// Replaces `target` if it exists. Lasting only after ``syncDirectory(_:)``.
  func rename(_ path: String, to target: String) throws(StorageError)
  /// Removes a file or an empty directory.
  func remove(_ path: String) throws(StorageError)
  /// The names in a directory, sorted.
  func list(_ directory: String) throws(StorageError) -> [String]
  /// Makes a directory and those above it; those that exist are left as they are.
  func makeDirectory(_ path: String) throws(StorageError)
  /// Returns when the names in the directory would survive a loss of power.
  func syncDirectory(_ path: String) throws(StorageError)
  func exists(_ path: String) throws(StorageError) -> Bool
  /// A lock that other processes see, not yet taken. Makes the lock file where it is missing.
  func lock(_ path: String) throws(StorageError) -> any StorageLock
}

/// How a file is opened.
public enum OpenMode: Hashable, Sendable {
  case read
  /// The file must exist.
  case readWrite
  /// Makes the file, or empties the one that is there.
  case create
}

/// An open file. It closes itself when nobody holds it any more.
///
/// One open file may be read by several threads at once, also while one writes to it.
public protocol StorageFile: Sendable {
  var path: String { get }
  /// One system call: as many bytes as it gives, at most `count`; none at the end of the file.
  func readSome(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8]
  /// One system call: writes some of the bytes, at least one, and says how many.
  func writeSome(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(StorageError) -> Int
  func truncate(to size: UInt64) throws(StorageError)
  /// Returns when what was written would survive a loss of power.
  func sync() throws(StorageError)
  func size() throws(StorageError) -> UInt64
}

/// A lock between processes (and between handles of one process).
public protocol StorageLock: Sendable {
  /// Takes the lock for this holder alone; false where another holds it.
  func tryLock() throws(StorageError) -> Bool
  func unlock()
}

extension StorageLock {
  /// Takes the lock as soon as it can be had; false where others held it all the time.
  public func wait(milliseconds: Int) throws(StorageError) -> Bool {
    var waited = 0
    var step = 50
    while try !tryLock() {
      guard waited < milliseconds * 1_000 else { return false }
      pause(microseconds: step)
      waited += step
      step = min(step * 2, 500)
    }
    return true
  }
}

extension StorageFile {
  /// Exactly `count` bytes, or what there is before the end of the file.
  public func read(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
    var bytes = try readSome(at: offset, count: count)
    while bytes.count < count {
      let more = try readSome(at: offset + UInt64(bytes.count), count: count - bytes.count)
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  /// Writes all the bytes, however many calls it takes.
  public func write(_ bytes: [UInt8], at offset: UInt64) throws(StorageError) {
    var written = 0
    while written < bytes.count {
      written += try writeSome(bytes[written...], at: offset + UInt64(written))
    }
  }
}

/// A call to the file system that failed.
public struct StorageError: Error, Hashable, Sendable {
  /// The call: `open`, `write`, `sync` …
  public var call: String
  public var path: String
  /// The system's error number.
  public var errno: Int32

  public init(call: String, path: String, errno: Int32) {
    self.call = call
    self.path = path
    self.errno = errno
  }
}
