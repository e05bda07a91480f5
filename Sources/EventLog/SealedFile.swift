import Synchronization

/// A sealed segment's file, open only while it is used: a log may have more segments than a
/// process may have open files.
///
/// A sealed file is never replaced or written to, so that whenever it is opened it is the same.
struct SealedFile: StorageFile {
  let path: String
  private let storage: any Storage
  private let pool: OpenFiles

  init(_ path: String, _ context: LogContext) {
    self.path = path
    storage = context.storage
    pool = context.openFiles
  }

  private func opened() throws(StorageError) -> any StorageFile {
    if let file = pool.file(path) { return file }
    let file = try storage.open(path, .read)
    pool.keep(file)
    return file
  }

  func readSome(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
    try opened().readSome(at: offset, count: count)
  }

  func size() throws(StorageError) -> UInt64 { try opened().size() }

  func writeSome(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(StorageError) -> Int {
    preconditionFailure("a sealed segment is not written to")
  }

  func truncate(to size: UInt64) throws(StorageError) {
    preconditionFailure("a sealed segment is not cut")
  }

  func sync() throws(StorageError) {
    preconditionFailure("a sealed segment was synced before it got its name")
  }
}

/// Files that were used lately; the one used longest ago is closed first.
final class OpenFiles: Sendable {
  private static let most = 32
  private let files = Mutex<[any StorageFile]>([])

  func file(_ path: String) -> (any StorageFile)? {
    files.withLock { files in
      guard let index = files.lastIndex(where: { $0.path == path }) else { return nil }
      let file = files.remove(at: index)
      files.append(file)
      return file
    }
  }

  func keep(_ file: any StorageFile) {
    files.withLock { files in
      if files.count >= Self.most { files.removeFirst() }
      files.append(file)
    }
  }
}
