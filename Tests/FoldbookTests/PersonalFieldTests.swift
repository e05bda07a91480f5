import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Portfolio
import Records
import TestSupport
import Testing

@Suite struct PersonalFields {
  private func bookWithAPerson() throws -> BookFixture {
    let fixture = try BookFixture()
    try fixture.book.append([
      event(
        "ada", "2024-01-02T09:00:00Z",
        .userRegistered(
          UserRegistered(
            user: "u1", role: .manager, username: "ada-l", email: "ada@example.org",
            fullName: "Ada Lovelace")))
    ])
    return fixture
  }

  @Test("personal fields are never in the log in clear, and are read back through their key")
  func sealed() throws {
    let fixture = try bookWithAPerson()
    for seal in [false, true] {
      if seal { try fixture.book.seal() }
      for path in fixture.storage.files.keys where path.contains("/log/") {
        let bytes = try #require(fixture.storage.bytes(of: path))
        let text = String(decoding: bytes, as: UTF8.self)
        for secret in ["ada-l", "ada@example.org", "Lovelace"] {
          #expect(!text.contains(secret), "\(secret) in \(path)")
        }
      }
    }
    let user = try #require(
      try fixture.reopened().holdings(at: fixture.book.point().point).users["u1"])
    #expect(user.username == "ada-l")
    #expect(user.email == "ada@example.org")
    #expect(user.fullName == "Ada Lovelace")
  }

  @Test("without the key the person is forgotten, and the log root is what it was")
  func forgotten() throws {
    let fixture = try bookWithAPerson()
    let root = try fixture.book.logRoot()
    for path in fixture.storage.files.keys where path.contains("/keys/") {
      try fixture.storage.remove(path)
    }
    let book = try fixture.reopened()
    let user = try #require(try book.holdings(at: book.point().point).users["u1"])
    #expect(user.username == nil && user.email == nil && user.fullName == nil)
    #expect(try book.logRoot() == root)
  }

  @Test("the same registration sent again is the same event")
  func again() throws {
    let fixture = try bookWithAPerson()
    let stored = try #require(try fixture.book.event(at: EventSequence(1)))
    var sent = stored
    sent.sequence = nil
    sent.recorded = nil
    #expect(try fixture.book.append([sent]).entries.map(\.isNew) == [false])
  }

  @Test("a key of another book is damage that is named, not a forgotten person")
  func wrongKey() throws {
    let fixture = try bookWithAPerson()
    for path in fixture.storage.files.keys where path.contains("/keys/") {
      fixture.storage.replace(path, with: [UInt8](repeating: 9, count: 32))
    }
    let book = try fixture.reopened()
    #expect(throws: BookError.self) { try book.event(at: EventSequence(1)) }
  }
}
