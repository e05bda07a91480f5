import EventLog
import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Interchange
import Portfolio
import Projections
import Records
import TestSupport
import Testing

private let secrets = ["ada-l", "ada@example.org", "Lovelace"]

private func registration(_ user: UserID = "u1", id: String = "ada") -> Event {
  event(
    id, "2024-01-02T09:00:00Z",
    .userRegistered(
      UserRegistered(
        user: user, role: .manager, username: "ada-l", email: "ada@example.org",
        fullName: "Ada Lovelace")))
}

private func change(_ id: String = "changed") -> Event {
  event(
    id, "2024-02-02T09:00:00Z",
    .userChanged(UserChanged(user: "u1", fullName: .set("Ada King Lovelace"))))
}

private func forgetting(_ id: String = "forgotten") -> Event {
  event(id, "2024-03-02T09:00:00Z", .userForgotten(UserForgotten(user: "u1")))
}

extension BookFixture {
  fileprivate var keyFiles: [String] { storage.files.keys.filter { $0.contains("/keys/") } }

  /// Nothing of the person is in any event, on disk or in the facts.
  fileprivate func expectNothing(of user: UserID, _ place: Comment) throws {
    #expect(keyFiles.isEmpty, place)
    for book in [book, try reopened()] {
      for number in 1...book.head.rawValue {
        let event = try #require(try book.event(at: EventSequence(number)))
        let line = String(decoding: try book.json(of: event), as: UTF8.self)
        for secret in secrets { #expect(!line.contains(secret), place) }
      }
      let person = try #require(try book.holdings(at: book.point().point).users[user])
      #expect(person.isForgotten && person.username == nil && person.email == nil, place)
    }
  }
}

@Suite struct Forgetting {
  @Test("an appended user.forgotten destroys the key, and the log root is what it is")
  func appended() throws {
    let fixture = try BookFixture()
    try fixture.book.append([registration(), change()])
    let root = try fixture.book.logRoot()
    #expect(fixture.keyFiles.count == 1)
    try fixture.book.append([forgetting()])
    try fixture.expectNothing(of: "u1", "append")
    #expect(try fixture.book.logRoot(at: EventSequence(2)) == root)
    #expect(throws: RuleError.self) { try fixture.book.append([change("later")]) }
    #expect(throws: RuleError.self) { try fixture.book.append([registration(id: "again")]) }
    // Sent again, it is the same event still.
    #expect(try fixture.book.append([registration()]).unchanged == 1)
    #expect(fixture.keyFiles.isEmpty)
  }

  @Test("a long append that registers and forgets leaves no key")
  func bulk() throws {
    let fixture = try BookFixture()
    var events = [registration(), change(), forgetting()].makeIterator()
    let outcome = try fixture.book.appendBulk { events.next() }
    #expect(outcome.appended == 3)
    try fixture.expectNothing(of: "u1", "bulk")
  }

  @Test("forgetting by the book records it and makes the tables forget")
  func byTheBook() throws {
    let folder = try TemporaryFolder()
    let book = try Book.create(at: folder.path + "/book")
    try book.append([registration()])
    try book.catchUp()
    func username() throws -> [String] {
      var names: [String] = []
      try book.projections.query("SELECT username, email FROM users", columns: { _ in }) { row in
        names += row.map { "\($0)" }
      }
      return names
    }
    #expect(try username().joined().contains("ada-l"))
    try book.forget(user: "u1")
    let row = try username().joined()
    #expect(row.contains("u1") && !row.contains("ada"))
    #expect(throws: RuleError.self) { try book.forget(user: "u1") }
  }

  @Test("a crash before the key is destroyed is made good when the book is opened")
  func crash() throws {
    let fixture = try BookFixture()
    try fixture.book.append([registration()])
    let path = try #require(fixture.keyFiles.first)
    let key = try #require(fixture.storage.bytes(of: path))
    try fixture.book.append([forgetting()])
    // As if the program had ended between the two.
    let file = try fixture.storage.open(path, .create)
    try file.write(key, at: 0)
    let reader = try Book.open(
      at: fixture.book.path, mode: .readOnly, environment: fixture.environment)
    let seen = try #require(try reader.event(at: EventSequence(1)))
    guard case .userRegistered(let person) = seen.payload else {
      Issue.record("not a registration")
      return
    }
    #expect(person.username == nil && person.email == nil)
    #expect(fixture.keyFiles == [path])
    _ = try fixture.reopened()
    try fixture.expectNothing(of: "u1", "reopened")
  }

  @Test("a key that is overwritten and still there is no key")
  func halfDestroyed() throws {
    let fixture = try BookFixture()
    try fixture.book.append([registration()])
    let path = try #require(fixture.keyFiles.first)
    fixture.storage.replace(path, with: [UInt8](repeating: 0, count: 32))
    let user = try #require(try fixture.reopened().event(at: EventSequence(1)))
    #expect(!"\(user)".contains("ada-l"))
  }
}

@Suite struct KeysOfPersons {
  @Test("a change of a person whose key is missing is refused, and the older events stay readable")
  func missingKey() throws {
    let fixture = try BookFixture()
    try fixture.book.append([registration()])
    for path in fixture.keyFiles { try fixture.storage.remove(path) }
    let book = try fixture.reopened()
    let error = #expect(throws: BookError.self) { try book.append([change()]) }
    #expect(error?.code == "FB-BOOK-017")
    #expect(error?.description.contains("u1") == true)
    #expect(fixture.keyFiles.isEmpty)
    #expect(try book.event(at: EventSequence(1)) != nil)
    // The refusal left nothing in the facts, and what needs no key goes on.
    let user = try #require(try book.holdings(at: book.point().point).users["u1"])
    #expect(user.role == .manager)
    try book.append([
      event("role", "2024-02-03T09:00:00Z", .userChanged(UserChanged(user: "u1", role: .auditor)))
    ])
    #expect(try book.holdings(at: book.point().point).users["u1"]?.role == .auditor)
  }

  @Test("what is only tried or refused in the end stores no key")
  func unwritten() throws {
    let fixture = try BookFixture()
    let bad = event("bad", "2024-02-03T09:00:00Z", .userForgotten(UserForgotten(user: "nobody")))
    #expect(try fixture.book.preview([registration(), change()]).count == 2)
    #expect(throws: RuleError.self) { try fixture.book.append([registration(), bad]) }
    var tried = [registration(), change()].makeIterator()
    #expect(try fixture.book.appendBulk(isDryRun: true) { tried.next() }.appended == 2)
    var refused = [registration(), bad].makeIterator()
    #expect(throws: RuleError.self) { try fixture.book.appendBulk { refused.next() } }
    #expect(!fixture.storage.files.keys.contains { $0.contains("/keys") })
    #expect(fixture.book.head == .zero)
    // And nothing of the attempts hinders the real one.
    try fixture.book.append([registration(), change()])
    let user = try #require(
      try fixture.reopened().holdings(at: fixture.book.point().point).users["u1"])
    #expect(user.fullName == "Ada King Lovelace")
  }

  @Test("two registrations of one id in one append are told apart by their personal fields")
  func twice() throws {
    let fixture = try BookFixture()
    var other = registration()
    other.payload = .userRegistered(UserRegistered(user: "u1", role: .manager, username: "bob"))
    let error = #expect(throws: BookError.self) {
      try fixture.book.append([registration(), other])
    }
    #expect(error?.code == "FB-BOOK-006")
    #expect(try fixture.book.append([registration(), registration()]).appended == 1)
  }

  @Test("a registration without an id of its own is found again")
  func minted() throws {
    let fixture = try BookFixture()
    var event = registration()
    event.id = .minted(occurrence: 0)
    #expect(try fixture.book.append([event]).appended == 1)
    #expect(try fixture.book.append([event]).unchanged == 1)
    #expect(try fixture.reopened().append([event]).unchanged == 1)
  }
}

@Suite struct WaitingForTheLock {
  @Test("a book that another writes to is refused at once where no wait is allowed")
  func locked() throws {
    let fixture = try BookFixture()
    var environment = fixture.environment
    #expect(environment.lockWaitMilliseconds == 10_000)
    environment.lockWaitMilliseconds = 0
    let book = try Book.open(at: fixture.book.path, environment: environment)
    let path = try #require(fixture.storage.files.keys.first { $0.hasSuffix("lock") })
    let lock = try fixture.storage.lock(path)
    #expect(try lock.tryLock())
    let error = #expect(throws: LogError.self) { try book.append([registration()]) }
    guard case .locked(_, let waited)? = error else {
      Issue.record("expected a lock, found \(String(describing: error))")
      return
    }
    #expect(waited == 0)
    lock.unlock()
    #expect(try book.append([registration()]).appended == 1)
  }
}
