import EventLog
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Projections
import Records
import TestSupport
import Testing

@Suite struct DemoBookTests {
  @Test(
    "everyone's demo book has the same log root",
    arguments: [
      (Demo.history, 18_766, "b331ab360eff32923995286aab03757f486d9ababe7e81acbe070d066f3f4908"),
      (Demo.books, 33_910, "bb3129686d37d9d6638e76ac772e57e5b705b2db1e86b5fa4b6675a08579fe5d"),
    ])
  func root(demo: Demo, events: UInt64, root: String) throws {
    let folder = try TemporaryFolder()
    let book = try demo.create(at: folder.path + "/demo")
    #expect(book.head == EventSequence(events))
    #expect(try book.logRoot().description == root)
    let outcome = try book.catchUp()
    #expect(outcome.orphans.isEmpty)
    #expect(outcome.checkpoint.logRoot == root)
  }

  @Test("the history demo tells its story on both clocks")
  func story() throws {
    let folder = try TemporaryFolder()
    let book = try Demo.history.create(at: folder.path + "/demo")
    func open(_ asOf: String, knownAt: String? = nil) throws -> [String: String] {
      let point = try book.point(
        asOf: .instant(try #require(CivilDate(asOf)).end),
        knownAt: try knownAt.map { .instant(try #require(CivilDate($0)).end) }
      ).point
      return Dictionary(
        uniqueKeysWithValues: try book.holdings(at: point).openPositions.map {
          ($0.id.rawValue, "\($0.quantity) @ \($0.entryPrice)")
        })
    }
    // 1,000 at 122, split two for one in 2000, 500 sold in 2004; split again on 2005-02-28.
    #expect(try open("2000-03-10")["aapl-2000"] == "1000 @ 122")
    #expect(try open("2005-02-25")["aapl-2000"] == "1500 @ 61")
    #expect(try open("2005-03-01")["aapl-2000"] == "3000 @ 30.5")
    // Bought on 8 October 2008, reported on the 14th.
    #expect(try open("2008-10-10")["aapl-2008"] == "1200 @ 89.79")
    #expect(try open("2008-10-10", knownAt: "2008-10-10")["aapl-2008"] == nil)
    // The mistyped price, and how it was put right.
    #expect(try open("2002-10-10", knownAt: "2002-10-10")["ibm-2002"] == "500 @ 5.07")
    #expect(try open("2002-10-10")["ibm-2002"] == "500 @ 55.07")
    // The exit that belonged to another account was voided a day later.
    #expect(try open("2010-04-27", knownAt: "2010-04-27")["ibm-2000"] == "500 @ 103.06")
    #expect(try open("2010-04-27")["ibm-2000"] == "800 @ 103.06")
  }
}
