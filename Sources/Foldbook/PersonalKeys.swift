import Crypto
import EventLog
import Events
import ExactNumbers
import FoundationEssentials
import Records
import Synchronization

/// The keys under which personal fields (e-mail address, names) are sealed, one a person.
///
/// A key is a file beside the log, never in it. Destroying the file forgets the person: what the
/// log holds can no longer be read, and no hash of it changes.
///
/// A new key is drawn in memory, and stored when the events sealed under it are about to be written:
/// what is only tried or is refused leaves no key behind.
final class PersonalKeys: Sendable {
  /// The folder `keys` of the book.
  let folder: String
  private let bookPath: String
  private let bookID: String
  private let storage: any Storage
  /// Draws the bytes of a new key.
  private let randomBytes: @Sendable (Int) -> [UInt8]
  private let unstored = Mutex(Unstored())

  /// What is known of keys and not on disk.
  private struct Unstored {
    var drawn: [UserID: [UInt8]] = [:]
    /// How many intakes may still need the drawn keys.
    var intakes = 0
    /// Whose key is not used, even where its file is still there.
    var forgotten: Set<UserID> = []
  }

  private static let keyBytes = 32
  private static let nonceBytes = 12

  init(
    bookPath: String, bookID: String, storage: any Storage,
    randomBytes: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.bookPath = bookPath
    folder = bookPath + "/keys"
    self.bookID = bookID
    self.storage = storage
    self.randomBytes = randomBytes
  }

  /// The sealed form of a personal field: nonce, ciphertext, tag (AES-256-GCM).
  ///
  /// The nonce is derived from the key, the event and the field, so sealing the same event twice
  /// gives the same bytes, and no two fields share a nonce.
  ///
  /// - Throws: ``BookError/keyMissing(user:)`` when the person has no key and none was drawn.
  func seal(
    _ text: String, user: UserID, eventID: String, field: FieldNumber
  ) throws -> [UInt8] {
    guard let key = try key(of: user) else { throw BookError.keyMissing(user: user.rawValue) }
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
    guard let key = try key(of: user) else { return nil }
    guard let box = try? AES.GCM.SealedBox(combined: sealed),
      let clear = try? AES.GCM.open(box, using: key, authenticating: binding(user))
    else { throw BookError.sealedFieldDamaged(user: user.rawValue) }
    return String(decoding: clear, as: UTF8.self)
  }

  // MARK: Forgetting

  /// Whether any key is stored.
  func hasAny() throws -> Bool {
    try storage.exists(folder) && storage.list(folder).contains { $0.hasSuffix(".key") }
  }

  /// From now on the person's key is not used, whether or not it is still there.
  func ignore(_ user: UserID) {
    unstored.withLock {
      $0.drawn[user] = nil
      $0.forgotten.insert(user)
    }
  }

  /// Destroys a person's key. The file is overwritten first, as far as the disk honours that.
  func destroy(_ user: UserID) throws {
    ignore(user)
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

  // MARK: Keys

  /// The key on disk, or the one that was drawn and waits to be stored.
  private func key(of user: UserID) throws -> SymmetricKey? {
    let (drawn, isForgotten) = unstored.withLock {
      ($0.drawn[user], $0.forgotten.contains(user))
    }
    if isForgotten { return nil }
    return try (storedKey(of: user) ?? drawn).map { SymmetricKey(data: $0) }
  }

  private func storedKey(of user: UserID) throws -> [UInt8]? {
    let path = path(of: user)
    guard try storage.exists(path) else { return nil }
    let bytes: [UInt8]
    do throws(StorageError) {
      bytes = try storage.open(path, .read).read(at: 0, count: Self.keyBytes)
    } catch {
      // Another process may have destroyed it meanwhile.
      if error.isNotFound { return nil }
      throw error
    }
    guard bytes.count == Self.keyBytes else {
      throw BookError.keyDamaged(path: path, bytes: bytes.count)
    }
    // Overwritten and not yet removed.
    return bytes.allSatisfy { $0 == 0 } ? nil : bytes
  }

  // MARK: New keys

  /// Drawn keys are kept as long as an intake that may store them.
  func beginIntake() { unstored.withLock { $0.intakes += 1 } }

  func endIntake() {
    unstored.withLock {
      $0.intakes -= 1
      if $0.intakes == 0 { $0.drawn = [:] }
    }
  }

  /// Sees to it that events of a new person can be sealed. Writes nothing.
  func draw(for user: UserID) throws {
    guard try storedKey(of: user) == nil else { return }
    unstored.withLock {
      if $0.drawn[user] == nil { $0.drawn[user] = randomBytes(Self.keyBytes) }
    }
  }

  /// Writes the keys that were drawn for new persons: they are on disk before the first event that
  /// is sealed under them can be. Only who holds the log's lock may do this.
  ///
  /// - Throws: `LogError.storage`, as the log does when it cannot write.
  func store(for users: [UserID]) throws(LogError) {
    let drawn = unstored.withLock { unstored in
      users.compactMap { user in unstored.drawn[user].map { (user, $0) } }
    }
    if drawn.isEmpty { return }
    do throws(StorageError) {
      if try !storage.exists(folder) {
        try storage.makeDirectory(folder)
        try storage.syncDirectory(bookPath)
      }
      for (user, bytes) in drawn {
        let path = path(of: user)
        let file = try storage.open(path + ".new", .create)
        try file.write(bytes, at: 0)
        try file.sync()
        try storage.rename(path + ".new", to: path)
      }
      try storage.syncDirectory(folder)
    } catch {
      throw .storage(error)
    }
    unstored.withLock { for (user, _) in drawn { $0.drawn[user] = nil } }
  }
}
