#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension StorageError {
  /// Nothing is there under this path.
  public var isNotFound: Bool { errno == ENOENT || errno == ENOTDIR }
  /// The disk, or the user's share of it, has no room left.
  public var isDiskFull: Bool { errno == ENOSPC || errno == EDQUOT }
  /// The disk or the path may not be written to.
  public var isReadOnly: Bool { errno == EROFS || errno == EACCES || errno == EPERM }

  /// It is not known what of the writes before is on disk.
  var isSync: Bool { call == "sync" || call == "sync directory" }

  public static func inputOutput(call: String, path: String) -> StorageError {
    StorageError(call: call, path: path, errno: EIO)
  }

  static func notFound(call: String, path: String) -> StorageError {
    StorageError(call: call, path: path, errno: ENOENT)
  }

  /// The error number in plain words.
  public var reason: String {
    switch errno {
    case ENOSPC: "the disk is full"
    case EDQUOT: "the quota of disk space is used up"
    case EROFS: "the disk is read-only"
    case EACCES, EPERM: "permission is denied"
    case ENOENT: "it does not exist"
    case ENOTDIR: "a part of the path is not a directory"
    case EISDIR: "it is a directory"
    case EEXIST: "it exists already"
    case EIO: "the disk reports an input/output error"
    case EMFILE, ENFILE: "too many files are open"
    case EFBIG: "the file would be too large"
    case ENOLCK: "no lock is to be had here"
    case ENAMETOOLONG: "the name is too long"
    default: "the system reports error \(errno)"
    }
  }
}

extension StorageError: CustomStringConvertible {
  public var description: String { "cannot \(call) \(path): \(reason) (errno \(errno))" }
}
