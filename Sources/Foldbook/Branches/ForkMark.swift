import EventLog
import Events
import ExactNumbers
import Records

/// The highest event of a branch that a fork was ever made at, in a file `forked` of its folder: a
/// log that ends before it has lost something.
///
/// A parent looks at this one small file, however many branches stand on it.
enum ForkMark {
  private static func path(in folder: String) -> String { folder + "/forked" }

  /// Zero where nothing was forked from this generation, or the file says nothing.
  static func highest(
    in folder: String, _ details: BranchDetails, _ storage: any Storage
  ) -> EventSequence {
    guard (try? storage.exists(path(in: folder))) == true,
      let json = try? Manifest.read(path(in: folder), storage: storage),
      json["generation"]?.decimal?.integerValue == details.generation,
      let sequence = json["sequence"]?.decimal?.integerValue, sequence >= 0
    else { return .zero }
    return EventSequence(UInt64(sequence))
  }

  static func raise(
    to sequence: EventSequence, in folder: String, _ details: BranchDetails,
    _ storage: any Storage
  ) throws {
    guard sequence > highest(in: folder, details, storage) else { return }
    try Manifest.write(
      .object([
        JSONMember("generation", .number(JSONNumber(details.generation))),
        JSONMember("sequence", .number(JSONNumber(Int64(sequence.rawValue)))),
      ]), to: path(in: folder), in: folder, storage: storage)
  }
}
