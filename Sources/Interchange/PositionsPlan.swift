import Events
import ExactNumbers
import Records

/// The import of one positions file while it is being worked out.
struct PositionsPlan {
  /// A row that the book does not refuse.
  private struct Accepted {
    var position: ImportedPosition
    var id: PositionID
    /// What the book knows of it; null where it is new.
    var known: KnownPosition?
  }

  private struct RowIdentity: Hashable {
    var symbol: Symbol
    var quantity: ExactDecimal
    var entryPrice: ExactDecimal
    var entryDate: CivilDate
  }

  private let request: PositionsImport
  private let effective: CivilDate
  private let isRefused: Bool
  private var report: ImportReport
  private var accepted: [Accepted] = []
  private var occurrences: [RowIdentity: Int] = [:]
  /// Ids of the tags that the accepted rows use, by lower-case name.
  private var tags: [String: TagID] = [:]
  /// Those of them that the book does not have yet.
  private var newTags: Set<String> = []

  init(import request: PositionsImport, file: PositionsFile) {
    self.request = request
    effective = file.effective
    isRefused = file.isRefused
    report = file.report
  }

  mutating func judge(_ row: ImportedPosition, _ context: some ImportContext) throws {
    let identity = RowIdentity(
      symbol: row.symbol, quantity: row.quantity, entryPrice: row.entryPrice,
      entryDate: row.entryDate)
    let occurrence = occurrences[identity, default: 0]
    // Counted for refused rows too: a row keeps its id when another one is mended.
    occurrences[identity] = occurrence + 1
    let id = request.identity.position(
      row, occurrence: occurrence, portfolio: request.portfolio, source: request.source)
    let known = try context.knownPosition(id)
    if known == nil {
      if let refusal = try refusal(of: row, context) { return report.add(error: refusal) }
    }
    if let refusal = try lookUpTags(of: row, context) { return report.add(error: refusal) }
    accepted.append(Accepted(position: row, id: id, known: known))
  }

  private mutating func refusal(
    of row: ImportedPosition, _ context: some ImportContext
  ) throws -> ImportIssue? {
    let (year, month, day) = effective.components
    let oldest =
      CivilDate(year: year - Self.yearsMax, month: month, day: day)
      ?? CivilDate(year: year - Self.yearsMax, month: month, day: day - 1)
    if let oldest, row.entryDate < oldest {
      let message =
        "entry_date \(row.entryDate) is more than \(Self.yearsMax) years before \(effective)"
      guard try context.hasPrice(of: row.symbol, onOrBefore: row.entryDate) else {
        return PositionsCSVError.tooOld.issue(
          row: row.row,
          message + "; import prices of \(row.symbol) back to that day first, if it is right")
      }
      report.add(warning: PositionsCSVError.tooOld.issue(row: row.row, message))
    }
    if try context.hasPosition(
      in: request.portfolio, symbol: row.symbol, entryDate: row.entryDate,
      notFrom: request.source)
    {
      return PositionsCSVError.duplicate.issue(
        row: row.row,
        """
        \(request.portfolio) already has \(row.symbol) entered on \(row.entryDate), from another \
        source; void that position or remove this row
        """)
    }
    return nil
  }

  /// Null once every tag of the row is in `tags`.
  private mutating func lookUpTags(
    of row: ImportedPosition, _ context: some ImportContext
  ) throws -> ImportIssue? {
    var found: [String: TagID] = [:]
    var missing: Set<String> = []
    for name in row.tags where tags[name.lowercased()] == nil {
      let key = name.lowercased()
      if let tag = try context.tag(named: name, owner: request.owner) {
        found[key] = tag
      } else {
        found[key] = request.identity.tag(
          name: name, owner: request.owner, source: request.source)
        missing.insert(key)
      }
    }
    if !missing.isEmpty {
      let count =
        try context.tagCount(owner: request.owner) + newTags.count + missing.count
      if count > PositionsImport.tagsPerOwnerMax {
        return PositionsCSVError.tooManyTags.issue(
          row: row.row,
          """
          \(missing.count) new tags would make \(count): at most \
          \(PositionsImport.tagsPerOwnerMax) an owner; retire some or use those that are there
          """)
      }
    }
    newTags.formUnion(missing)
    tags.merge(found) { known, _ in known }
    return nil
  }

  mutating func finished() throws -> (events: [Event], report: ImportReport) {
    let isTaken = !isRefused && (report.errorCount == 0 || request.skipsInvalidRows)
    guard isTaken else {
      report.sortIssues()
      return ([], report)
    }
    var events = tagEvents()
    let entered = accepted.filter { $0.known == nil }
    if let deposit = try depositEvent(for: entered) { events.append(deposit) }
    for row in accepted {
      let tagged = taggedEvents(row)
      let time = row.position.entryDate.end
      if let known = row.known {
        if tagged.isEmpty { report.unchanged += 1 } else { report.updated += 1 }
        if known.isVoided {
          report.add(
            warning: ImportIssue(
              row: row.position.row, code: "voided",
              message: "\(row.position.symbol) was imported before and voided since; it stays so"))
        }
      } else {
        report.created += 1
        events.append(request.event(entry(row), effective: time))
      }
      events += tagged
    }
    report.sortIssues()
    return (events, report)
  }

  /// New tags exist from the first entry that has them on, so that no as-of shows one without a
  /// name.
  private func tagEvents() -> [Event] {
    var created: [TagCreated] = []
    var firstUse: [TagID: Instant] = [:]
    for row in accepted {
      for name in row.position.tags where newTags.contains(name.lowercased()) {
        guard let id = tags[name.lowercased()] else { continue }
        let time = row.position.entryDate.end
        if let first = firstUse[id] {
          firstUse[id] = min(first, time)
          continue
        }
        firstUse[id] = time
        created.append(
          TagCreated(
            tag: id, name: name,
            tagType: name.hasPrefix(FieldConstraint.strategyPrefix) ? .strategy : .regular,
            owner: request.owner))
      }
    }
    return created.compactMap { tag in
      firstUse[tag.tag].map { request.event(.tagCreated(tag), effective: $0) }
    }
  }

  /// One deposit of what the new entries cost, there from the first of them on; a withdrawal where
  /// short sales bring in more than the rest costs. So the import leaves cash as it was.
  private func depositEvent(for entered: [Accepted]) throws -> Event? {
    guard let first = entered.map(\.position.entryDate).min() else { return nil }
    var cost = Money.zero
    for row in entered { cost = try cost + row.position.cost() }
    if cost.isZero { return nil }
    return request.event(
      .cashMoved(
        CashMoved(
          portfolio: request.portfolio, amount: try cost.exactDecimal(),
          reason: cost.isNegative ? .withdrawal : .deposit,
          movement: request.identity.movement(
            payingFor: entered.map(\.id), source: request.source))),
      effective: first.end, causation: request.correlation)
  }

  private func entry(_ row: Accepted) -> Payload {
    let position = row.position
    return .positionEntered(
      PositionEntered(
        position: row.id, portfolio: request.portfolio, symbol: position.symbol,
        positionType: position.positionType, quantity: position.quantity.magnitude,
        entryPrice: position.entryPrice,
        underlying: position.option?.underlying, strike: position.option?.strike,
        expiration: position.option?.expiration))
  }

  /// Tags that the position does not have yet. An import never takes one off.
  private func taggedEvents(_ row: Accepted) -> [Event] {
    guard row.known?.isVoided != true else { return [] }
    return row.position.tags.compactMap { name in
      guard let tag = tags[name.lowercased()], row.known?.tags.contains(tag) != true else {
        return nil
      }
      return request.event(
        .positionTagged(PositionTagged(position: row.id, tag: tag)),
        effective: row.position.entryDate.end)
    }
  }

  private static let yearsMax = 5
}

extension ExactDecimal {
  /// The number without its sign.
  var magnitude: ExactDecimal {
    // A coefficient's magnitude is below 10^15, so taking the sign off cannot leave the limits.
    guard isNegative,
      let positive = try? ExactDecimal(coefficient: -coefficient, places: Int(places))
    else { return self }
    return positive
  }
}
