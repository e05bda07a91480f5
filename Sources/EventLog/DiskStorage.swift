#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The real file system: `pread`, `pwrite`, `fdatasync` (`F_FULLFSYNC` on Apple), `flock`.
public struct DiskStorage: Storage {
  public init() {}

  public func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
    let flags: Int32 =
      switch mode {
      case .read: O_RDONLY
      case .readWrite: O_RDWR
      case .create: O_RDWR | O_CREAT | O_TRUNC
      }
    return DiskFile(try Descriptor(opening: path, flags))
  }

  public func rename(_ path: String, to target: String) throws(StorageError) {
    guard systemRename(path, target) == 0 else {
      throw StorageError(call: "rename", path: path, errno: errno)
    }
  }

  public func remove(_ path: String) throws(StorageError) {
    guard systemRemove(path) == 0 else {
      throw StorageError(call: "remove", path: path, errno: errno)
    }
  }

  public func list(_ directory: String) throws(StorageError) -> [String] {
    guard let stream = opendir(directory) else {
      throw StorageError(call: "list", path: directory, errno: errno)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        // A null entry is the end, unless the call left an error behind.
        guard errno == 0 else { throw StorageError(call: "list", path: directory, errno: errno) }
        break
      }
      // Safe: the name ends in a zero byte within the entry, which lives until the next readdir.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  public func makeDirectory(_ path: String) throws(StorageError) {
    if mkdir(path, 0o777) == 0 { return }
    let reason = errno
    switch reason {
    case EEXIST:
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw StorageError(call: "make directory", path: path, errno: EEXIST)
      }
    case ENOENT:
      let parent = path.parentPath
      guard parent != path, !parent.isEmpty else {
        throw StorageError(call: "make directory", path: path, errno: reason)
      }
      try makeDirectory(parent)
      guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
        throw StorageError(call: "make directory", path: path, errno: errno)
      }
    default: throw StorageError(call: "make directory", path: path, errno: reason)
    }
  }

  public func syncDirectory(_ path: String) throws(StorageError) {
    let descriptor = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    guard fsync(descriptor.number) == 0 else {
      throw StorageError(call: "sync directory", path: path, errno: errno)
    }
  }

  public func exists(_ path: String) throws(StorageError) -> Bool {
    if access(path, F_OK) == 0 { return true }
    guard errno == ENOENT || errno == ENOTDIR else {
      throw StorageError(call: "look for", path: path, errno: errno)
    }
    return false
  }

  public func lock(_ path: String) throws(StorageError) -> any StorageLock {
    do throws(StorageError) {
      return DiskLock(try Descriptor(opening: path, O_RDWR | O_CREAT))
    } catch {
      // A lock can be taken on a file that may only be read, too.
      guard error.isReadOnly else { throw error }
      return DiskLock(try Descriptor(opening: path, O_RDONLY))
    }
  }
}

// The methods of the same names hide the functions.
private func systemRename(_ path: String, _ target: String) -> Int32 { rename(path, target) }
private func systemRemove(_ path: String) -> Int32 { remove(path) }

extension String {
  /// The path without its last part.
  var parentPath: String {
    guard let slash = lastIndex(of: "/") else { return "" }
    return slash == startIndex ? "/" : String(self[..<slash])
  }
}

/// An open file descriptor, closed when nobody holds it.
private final class Descriptor: Sendable {
  let number: Int32
  let path: String

  init(opening path: String, _ flags: Int32) throws(StorageError) {
    var number: Int32
    repeat {
      number = open(path, flags | O_CLOEXEC, 0o666)
    } while number < 0 && errno == EINTR
    guard number >= 0 else { throw StorageError(call: "open", path: path, errno: errno) }
    self.number = number
    self.path = path
  }

  deinit { close(number) }
}

private struct DiskFile: StorageFile {
  private let descriptor: Descriptor

  init(_ descriptor: Descriptor) { self.descriptor = descriptor }

  var path: String { descriptor.path }

  func readSome(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
    var result: Int = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      repeat {
        result = pread(descriptor.number, buffer.baseAddress, count, off_t(offset))
      } while result < 0 && errno == EINTR
      filled = max(0, result)
    }
    guard result >= 0 else { throw StorageError(call: "read", path: path, errno: errno) }
    return bytes
  }

  func writeSome(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(StorageError) -> Int {
    var result: Int = 0
    bytes.withUnsafeBytes { buffer in
      repeat {
        result = pwrite(descriptor.number, buffer.baseAddress, buffer.count, off_t(offset))
      } while result < 0 && errno == EINTR
    }
    guard result >= 0 else { throw StorageError(call: "write", path: path, errno: errno) }
    // A write of nothing would be tried for ever.
    guard result > 0 || bytes.isEmpty else {
      throw StorageError(call: "write", path: path, errno: EIO)
    }
    return result
  }

  func truncate(to size: UInt64) throws(StorageError) {
    guard ftruncate(descriptor.number, off_t(size)) == 0 else {
      throw StorageError(call: "truncate", path: path, errno: errno)
    }
  }

  func sync() throws(StorageError) {
    // Not repeated on any error: after a failed sync the kernel may have dropped the pages.
    #if canImport(Darwin)
    let result = fcntl(descriptor.number, F_FULLFSYNC)
    #else
    let result = fdatasync(descriptor.number)
    #endif
    guard result == 0 else { throw StorageError(call: "sync", path: path, errno: errno) }
  }

  func size() throws(StorageError) -> UInt64 {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else {
      throw StorageError(call: "size", path: path, errno: errno)
    }
    return UInt64(status.st_size)
  }
}

private struct DiskLock: StorageLock {
  private let descriptor: Descriptor

  init(_ descriptor: Descriptor) { self.descriptor = descriptor }

  func tryLock() throws(StorageError) -> Bool {
    while flock(descriptor.number, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      guard errno == EWOULDBLOCK else {
        throw StorageError(call: "lock", path: descriptor.path, errno: errno)
      }
      return false
    }
    return true
  }

  func unlock() { flock(descriptor.number, LOCK_UN) }
}
