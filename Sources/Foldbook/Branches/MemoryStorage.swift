import EventLog
import Synchronization

/// Files that are gone with the process: for a log that is only tried out.
final class MemoryStorage: Storage {
  private let files = Mutex<[String: MemoryFile]>([:])
  private static let notFound: Int32 = 2

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
    let file = files.withLock { files in
      if mode == .create { files[path] = MemoryFile(path: path) }
      return files[path]
    }
    guard let file else { throw StorageError(call: "open", path: path, errno: Self.notFound) }
    return file
  }

  func rename(_ path: String, to target: String) throws(StorageError) {
    let isRenamed = files.withLock { files in
      guard let file = files.removeValue(forKey: path) else { return false }
      files[target] = file
      return true
    }
    guard isRenamed else {
      throw StorageError(call: "rename", path: path, errno: Self.notFound)
    }
  }

  func remove(_ path: String) throws(StorageError) {
    files.withLock { $0[path] = nil }
  }

  func list(_ directory: String) throws(StorageError) -> [String] {
    let paths = files.withLock { Array($0.keys) }
    let prefix = directory + "/"
    let names = paths.filter { $0.hasPrefix(prefix) }.compactMap {
      $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init)
    }
    return Set(names).sorted()
  }

  func makeDirectory(_ path: String) throws(StorageError) {}
  func syncDirectory(_ path: String) throws(StorageError) {}

  func exists(_ path: String) throws(StorageError) -> Bool {
    let paths = files.withLock { Array($0.keys) }
    return paths.contains { $0 == path || $0.hasPrefix(path + "/") }
  }

  func lock(_ path: String) throws(StorageError) -> any StorageLock { MemoryLock() }
}

private final class MemoryFile: StorageFile {
  let path: String
  private let content = Mutex<[UInt8]>([])

  init(path: String) { self.path = path }

  func readSome(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
    content.withLock { bytes in
      let start = min(Int(offset), bytes.count)
      return Array(bytes[start..<min(start + count, bytes.count)])
    }
  }

  func writeSome(_ new: ArraySlice<UInt8>, at offset: UInt64) throws(StorageError) -> Int {
    let new = Array(new)
    return content.withLock { bytes in
      let end = Int(offset) + new.count
      if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
      bytes.replaceSubrange(Int(offset)..<end, with: new)
      return new.count
    }
  }

  func truncate(to size: UInt64) throws(StorageError) {
    content.withLock { bytes in
      let size = Int(size)
      bytes =
        size < bytes.count
        ? Array(bytes[..<size]) : bytes + [UInt8](repeating: 0, count: size - bytes.count)
    }
  }

  func sync() throws(StorageError) {}

  func size() throws(StorageError) -> UInt64 { content.withLock { UInt64($0.count) } }
}

/// Nobody else sees the files.
private struct MemoryLock: StorageLock {
  func tryLock() throws(StorageError) -> Bool { true }
  func unlock() {}
}
