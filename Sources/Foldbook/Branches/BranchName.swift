import ExactNumbers

/// The rules for a branch's name, which is also a folder's name and a session's id.
enum BranchName {
  static let charactersMax = 64

  private static let times: Set = ["today", "yesterday", "now"]

  /// Why a text cannot be a branch's name; null where it can.
  static func problem(_ name: String) -> String? {
    if name.isEmpty { return "it is empty" }
    if name.utf8.count > charactersMax { return "it has more than \(charactersMax) characters" }
    guard let first = name.unicodeScalars.first, isLetterOrDigit(first) else {
      return "it does not begin with a letter from a to z or a digit"
    }
    for scalar in name.unicodeScalars
    where !isLetterOrDigit(scalar) && !"._-".unicodeScalars.contains(scalar) {
      return "it holds '\(scalar)'"
    }
    // What a file system or a point on a clock (`branch@TIME`) would read otherwise.
    if name.hasSuffix(".") { return "it ends in a full stop" }
    if CivilDate(name) != nil || Instant(name) != nil || times.contains(name.lowercased()) {
      return "it reads as a time"
    }
    return nil
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
  }
}
