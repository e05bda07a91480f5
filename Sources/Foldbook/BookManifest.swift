import EventLog
public import ExactNumbers
import Records

/// What `book.json` says of a book.
public struct BookManifest: Hashable, Sendable {
  /// The newest format this program writes and reads.
  public static let formatKnown: Int64 = 1

  public var id: String
  public var created: Instant

  static func path(in folder: String) -> String { folder + "/book.json" }

  func write(in folder: String, storage: any Storage) throws {
    try Manifest.write(
      .object([
        .init("format", .number(JSONNumber(Self.formatKnown))), .init("id", .string(id)),
        .init("created", .string(created.description)),
      ]), to: Self.path(in: folder), in: folder, storage: storage)
  }

  static func read(in folder: String, storage: any Storage) throws -> BookManifest {
    let path = path(in: folder)
    guard try storage.exists(path) else { throw BookError.notABook(path: folder) }
    let json = try Manifest.read(path, storage: storage)
    guard let format = json["format"]?.decimal?.integerValue else {
      throw BookError.manifestDamaged(path: path, reason: "it names no format")
    }
    guard format <= formatKnown else {
      throw BookError.newerFormat(path: path, found: format, known: formatKnown)
    }
    guard let id = json["id"]?.text, !id.isEmpty,
      let created = json["created"]?.text.flatMap({ Instant($0) })
    else {
      throw BookError.manifestDamaged(path: path, reason: "it needs an id and a created time")
    }
    return BookManifest(id: id, created: created)
  }
}

/// Small JSON files that are written once, whole or not at all.
enum Manifest {
  static let bytesMax = 1 << 20

  static func write(
    _ json: JSONValue, to path: String, in folder: String, storage: any Storage
  ) throws {
    let file = try storage.open(path + ".new", .create)
    try file.write(json.compactBytes + [0x0A], at: 0)
    try file.sync()
    try storage.rename(path + ".new", to: path)
    try storage.syncDirectory(folder)
  }

  static func read(_ path: String, storage: any Storage) throws -> JSONValue {
    let file = try storage.open(path, .read)
    let size = try file.size()
    guard size <= bytesMax else {
      throw BookError.manifestDamaged(path: path, reason: "it has \(size) bytes")
    }
    do {
      return try JSONValue(parsing: file.read(at: 0, count: Int(size)))
    } catch let error as JSONError {
      throw BookError.manifestDamaged(path: path, reason: "\(error)")
    }
  }
}
