import FoundationEssentials

/// A folder of this process, for files that are derived and thrown away.
final class ScratchFolder {
  let path: String

  /// - Throws: ``CommandFailure`` where none can be made.
  init() throws(CommandFailure) {
    path = FileManager.default.temporaryDirectory.path + "/foldbook-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(
        .cannotCreate, code: "FB-CLI-005",
        "cannot make the temporary folder \(path): \(error); set TMPDIR to a folder with room")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
