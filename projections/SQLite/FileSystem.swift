#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The few calls on files that SQLite does not make for us.
enum FileSystem {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether there is a file with anything in it.
  static func holdsBytes(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_size > 0
  }

  /// A path as part of a URI.
  static func percentEncoded(_ path: String) -> String {
    var text = ""
    for byte in path.utf8 {
      let character = Character(Unicode.Scalar(byte))
      if byte < 0x80, character.isLetter || character.isNumber || "/-._~".contains(character) {
        text.append(character)
      } else {
        text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return text
  }

  /// Removes a file; that there is none is fine.
  static func remove(_ path: String) throws(ProjectionError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
  }

  /// Puts a file in another's place, durably: the content before the name.
  static func replace(_ path: String, with new: String) throws(ProjectionError) {
    try sync(new)
    guard rename(new, path) == 0 else { throw failure("replace", path) }
    try sync(directory(of: path))
  }

  static func sync(_ path: String) throws(ProjectionError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("sync", path) }
  }

  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  fileprivate static func failure(_ operation: String, _ path: String) -> ProjectionError {
    let code = errno
    return .storage(
      path: path, operation: operation, code: code, message: String(cString: strerror(code)))
  }
}

/// Lets one process at a time write a file of tables, so that no one writes into a file whose place
/// another is being given.
enum WriterLock {
  static func held<Result>(
    beside path: String, secondsToWait: Double, _ body: () throws -> Result
  ) throws -> Result {
    let lockPath = path + "-lock"
    let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSystem.failure("open", lockPath) }
    // Closing gives the lock back.
    defer { close(descriptor) }
    var waited = 0.0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw FileSystem.failure("lock", lockPath)
      }
      guard waited < secondsToWait else { throw ProjectionError.locked(path: path) }
      usleep(20_000)
      waited += 0.02
    }
    return try body()
  }
}
