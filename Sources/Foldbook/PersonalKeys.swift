import Crypto
import EventLog
import Events
import ExactNumbers
import FoundationEssentials
import Records

/// The keys under which personal fields (e-mail address, names) are sealed, one a person.
///
/// A key is a file beside the log, never in it. Destroying the file forgets the person: what the
/// log holds can no longer be read, and no hash of it changes.
struct PersonalKeys: Sendable {
  /// The folder `keys` of the book.
  let folder: String
  let bookID: String
  let storage: any Storage
  /// Draws the bytes of a new key.
  let randomBytes: @Sendable (Int) -> [UInt8]

  private static let keyBytes = 32
  private static let nonceBytes = 12

  /// The sealed form of a personal field: nonce, ciphertext, tag (AES-256-GCM).
  ///
  /// The nonce is derived from the key, the event and the field, so sealing the same event twice
  /// gives the same bytes, and no two fields share a nonce.
  func seal(
    _ text: String, user: UserID, eventID: String, field: FieldNumber
  ) throws -> [UInt8] {
    let key = try existingKey(of: user) ?? createKey(of: user)
    let place = Array("\(eventID)\u{0}\(field.rawValue)".utf8)
    let nonce = HMAC<SHA256>.authenticationCode(for: place, using: key)
    let box = try AES.GCM.seal(
      Data(text.utf8), using: key,
      nonce: AES.GCM.Nonce(data: Array(nonce.prefix(Self.nonceBytes))),
      authenticating: binding(user))
    guard let combined = box.combined else { preconditionFailure("a 12-byte nonce combines") }
    return Array(combined)
  }

  /// The text behind a sealed field; null when the key has been destroyed.
  ///
  /// - Throws: ``BookError/sealedFieldDamaged(user:)`` when the key is there and does not open it.
  func open(_ sealed: [UInt8], user: UserID) throws -> String? {
    guard let key = try existingKey(of: user) else { return nil }
    guard let box = try? AES.GCM.SealedBox(combined: sealed),
      let clear = try? AES.GCM.open(box, using: key, authenticating: binding(user))
    else { throw BookError.sealedFieldDamaged(user: user.rawValue) }
    return String(decoding: clear, as: UTF8.self)
  }

  /// Destroys a person's key. The file is overwritten first, as far as the disk honours that.
  func destroy(_ user: UserID) throws {
    let path = path(of: user)
    guard try storage.exists(path) else { return }
    let file = try storage.open(path, .readWrite)
    try file.write([UInt8](repeating: 0, count: Self.keyBytes), at: 0)
    try file.sync()
    try storage.remove(path)
    try storage.syncDirectory(folder)
  }

  private func binding(_ user: UserID) -> [UInt8] {
    Array("foldbook-person\u{0}\(bookID)\u{0}\(user.rawValue)".utf8)
  }

  /// Named by a hash, since an id may hold any character.
  private func path(of user: UserID) -> String {
    let digest = SHA256.hash(data: Array(user.rawValue.utf8))
    return folder + "/" + digest.prefix(16).map { hexadecimal($0) }.joined() + ".key"
  }

  private func existingKey(of user: UserID) throws -> SymmetricKey? {
    let path = path(of: user)
    guard try storage.exists(path) else { return nil }
    let file = try storage.open(path, .read)
    let bytes = try file.read(at: 0, count: Self.keyBytes)
    guard bytes.count == Self.keyBytes else {
      throw BookError.keyDamaged(path: path, bytes: bytes.count)
    }
    return SymmetricKey(data: bytes)
  }

  /// The key is on disk before the first event sealed under it can be.
  private func createKey(of user: UserID) throws -> SymmetricKey {
    let bytes = randomBytes(Self.keyBytes)
    let path = path(of: user)
    try storage.makeDirectory(folder)
    let file = try storage.open(path + ".new", .create)
    try file.write(bytes, at: 0)
    try file.sync()
    try storage.rename(path + ".new", to: path)
    try storage.syncDirectory(folder)
    return SymmetricKey(data: bytes)
  }
}
