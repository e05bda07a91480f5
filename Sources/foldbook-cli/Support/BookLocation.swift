#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Which book a command is about.
enum BookLocation {
  static let variable = "FOLDBOOK_BOOK"

  /// The folder that was asked for, else that of `FOLDBOOK_BOOK`, else the nearest folder upward
  /// that holds a `book.json`.
  ///
  /// - Throws: ``CommandFailure`` when there is none.
  static func find(
    option: String?, environment: (String) -> String? = Terminal.environment,
    currentFolder: String = currentFolder()
  ) throws(CommandFailure) -> String {
    if let option { return option }
    if let path = environment(variable), !path.isEmpty { return path }
    var folder = currentFolder[...]
    while true {
      if access("\(folder)/book.json", F_OK) == 0 { return folder.isEmpty ? "/" : String(folder) }
      guard let slash = folder.lastIndex(of: "/") else { break }
      folder = folder[..<slash]
    }
    throw CommandFailure(
      .missing, code: "FB-CLI-002",
      """
      there is no book here: neither --book nor \(variable) names one, and no folder from \
      \(currentFolder) upward holds a book.json; 'foldbook init DIR' makes one
      """)
  }

  static func currentFolder() -> String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }
}
