import Records

/// A file that is opened for each call: what a long chain of logs, each of which is read once, keeps
/// instead of an open file.
struct DetachedFile: StorageFile {
  let path: String
  let storage: any Storage

  func readSome(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
    try storage.open(path, .read).readSome(at: offset, count: count)
  }

  func writeSome(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(StorageError) -> Int {
    try storage.open(path, .readWrite).writeSome(bytes, at: offset)
  }

  func truncate(to size: UInt64) throws(StorageError) {
    try storage.open(path, .readWrite).truncate(to: size)
  }

  func sync() throws(StorageError) { try storage.open(path, .readWrite).sync() }

  func size() throws(StorageError) -> UInt64 { try storage.open(path, .read).size() }
}
