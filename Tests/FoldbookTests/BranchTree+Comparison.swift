import EventLog
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

extension BranchTree {
  /// Holds all that every branch shows against the model.
  mutating func compare() throws {
    for name in branchNames where disagreement == nil {
      guard let book = real[name], let branch = naive[name] else { continue }
      try compare(book, branch)
    }
  }

  /// The same of books that are opened anew, and of the branches there are.
  mutating func compareReopened() throws {
    for name in branchNames where disagreement == nil { try reopen(name) }
    try compare()
  }

  private mutating func compare(_ book: Book, _ branch: NaiveBranch) throws {
    let name = branch.name
    try book.line.refresh()
    if let damage = book.damage { return disagree("\(name) is damaged: \(damage)") }
    let items = branch.items
    if book.head != branch.head {
      return disagree("the head of \(name) is #\(book.head), expected #\(branch.head)")
    }
    var shown = items.filter { !branch.hides($0) }[...]
    var cursor = book.events()
    while let event = try cursor.next() {
      let expected = shown.popFirst()
      guard event.sequence == expected?.number, event.isAlike(expected?.event),
        try book.idText(of: event) == expected?.id
      else {
        return disagree(
          "\(name) shows \(event), expected #\(expected?.number ?? .zero) "
            + "\(expected.map { "\($0.event)" } ?? "nothing")")
      }
    }
    if let missing = shown.first { return disagree("\(name) does not show \(missing.id)") }
    try compareLookups(book, branch, items)
    try compareBackwards(book, branch, items)
    for _ in 0..<2 where disagreement == nil { try compareState(book, branch, items) }
  }

  private mutating func compareLookups(
    _ book: Book, _ branch: NaiveBranch, _ items: [NaiveBranch.Item]
  ) throws {
    let others = naive.values.flatMap { $0.own.suffix(3) }
    let asked =
      others.map(\.id).sorted()
      + (0..<2).compactMap { _ in items.randomElement(using: &random)?.id }
    for id in asked {
      let (found, expected) = (try book.sequence(ofID: id), branch.item(id: id)?.number)
      if found != expected {
        return disagree(
          "\(branch.name) has \(id) at #\(found ?? .zero), expected #\(expected ?? .zero)")
      }
    }
    for _ in 0..<2 {
      guard let item = items.randomElement(using: &random) else { return }
      let event = try book.event(at: item.number)
      if !(event?.isAlike(item.event) ?? false) {
        return disagree(
          "\(branch.name) has \(event.map { "\($0)" } ?? "nothing") at #\(item.number)")
      }
      let known = try book.point(knownAt: .instant(item.recorded)).point.knownAt
      let last = items.last { $0.recorded <= item.recorded }?.number
      if let last, known < last || items.contains(where: { $0.number > last && $0.number <= known })
      {
        return disagree(
          "\(branch.name) knew up to #\(known) at \(item.recorded), expected #\(last)")
      }
    }
  }

  /// From the head back to the first event.
  private mutating func compareBackwards(
    _ book: Book, _ branch: NaiveBranch, _ items: [NaiveBranch.Item]
  ) throws {
    var waiting = items[...]
    var number = book.head
    while number > .zero {
      if try book.event(at: number) != nil, waiting.popLast()?.number != number {
        return disagree("\(branch.name) has an event at #\(number) on the way back")
      }
      let before = try book.line.number(before: number)
      guard before < number else {
        return disagree("\(branch.name) has #\(before) before #\(number)")
      }
      number = before
    }
    if let missed = waiting.last { disagree("\(branch.name) passed #\(missed.number) by") }
  }

  private mutating func compareState(
    _ book: Book, _ branch: NaiveBranch, _ items: [NaiveBranch.Item]
  ) throws {
    let known =
      chance(2) ? branch.head : items.randomElement(using: &random)?.number ?? branch.head
    let asOf = chance(4) ? Instant.distantFuture : events.time()
    let facts = branch.facts(through: known)
    let state = try book.state(at: ReplayPoint(asOf: asOf, knownAt: known))
    let place = "\(branch.name) as of \(asOf) known at #\(known)"
    for symbol in Set(facts.known(at: EventSequence(.max)).entries.values.map(\.symbol)).sorted() {
      let found = state.market.price(of: symbol, asOf: asOf)?.price.units
      let expected = facts.price(of: symbol, asOf: asOf)
      if found != expected {
        return disagree(
          "\(place): \(symbol) at \(found.map { "\($0)" } ?? "-"), "
            + "expected \(expected.map { "\($0)" } ?? "-")")
      }
    }
    let found = NaiveBook.Answer(state.resolve(asOf: asOf))
    guard facts.isConsistent() else { return count("inconsistent") }
    let expected = facts.answer(asOf: asOf, knownAt: EventSequence(.max))
    if found != expected { disagree("\(place): \(found), expected \(expected)") }
    count("state")
  }
}

extension Event {
  /// The same event as somebody else may have recorded it.
  func isAlike(_ other: Event?) -> Bool {
    guard let other else { return false }
    return kindName == other.kindName && effective == other.effective && payload == other.payload
      && recorded == other.recorded
  }
}
