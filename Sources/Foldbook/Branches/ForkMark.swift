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

  /// Zero where nothing was forked from this generation.
  ///
  /// - Throws: ``BookError/manifestDamaged(path:reason:)``.
  static func highest(
    in folder: String, _ details: BranchDetails, _ storage: any Storage
  ) throws -> EventSequence {
    let path = path(in: folder)
    guard try storage.exists(path) else { return .zero }
    let json = try Manifest.read(path, storage: storage)
    guard let generation = json["generation"]?.decimal?.integerValue,
      let sequence = json["sequence"]?.decimal?.integerValue, sequence >= 0
    else {
      throw BookError.manifestDamaged(path: path, reason: "it needs a generation and a sequence")
    }
    return generation == details.generation ? EventSequence(UInt64(sequence)) : .zero
  }

  static func raise(
    to sequence: EventSequence, in folder: String, _ details: BranchDetails,
    _ storage: any Storage
  ) throws {
    guard try sequence > highest(in: folder, details, storage) else { return }
    try Manifest.write(
      .object([
        JSONMember("generation", .number(JSONNumber(details.generation))),
        JSONMember("sequence", .number(JSONNumber(Int64(sequence.rawValue)))),
      ]), to: path(in: folder), in: folder, storage: storage)
  }
}
