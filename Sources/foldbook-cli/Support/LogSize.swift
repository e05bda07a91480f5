import EventLog
import Foldbook
import FoundationEssentials
import Interchange

extension Book {
  /// Bytes of the log's files on disk.
  func logByteCount() throws -> Int {
    let folder = log.path + "/log"
    return try FileManager.default.contentsOfDirectory(atPath: folder).reduce(0) { total, name in
      total + (try ByteInput(path: "\(folder)/\(name)").sizeInBytes ?? 0)
    }
  }
}
