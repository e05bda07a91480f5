internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  func judgeRelation(_ position: PositionID, _ other: PositionID) throws(RuleError) -> Event {
    try requirePosition(position)
    try requirePosition(other)
    return try completed(position: position)
  }

  func judgeTag() throws(RuleError) {
    switch event.payload {
    case .tagCreated(let payload):
      if let stamp = state.firstStamp(of: payload.tag) {
        throw taken("tag", payload.tag.rawValue, at: stamp)
      }
      if let owner = payload.owner { try requireUser(owner) }
      try requireApart(payload.tag)
      try requireRoom(for: payload.tag, of: payload.owner)
    case .tagChanged(let payload):
      let tag = try requireTag(payload.tag)
      if let owner = payload.owner?.value { try requireUser(owner) }
      if payload.name != nil || payload.owner != nil {
        try requireApart(payload.tag)
        try requireRoom(for: payload.tag, of: payload.owner.map(\.value) ?? tag.owner)
      }
    case .tagRetired(let payload): try requireTag(payload.tag)
    default: preconditionFailure("not a tag's payload")
    }
  }

  /// A tag that was created and not retired.
  @discardableResult
  func requireTag(_ id: TagID) throws(RuleError) -> TagDetails {
    guard let tag = state.tag(referredTo: id, asOf: .distantFuture) else {
      throw unknown(
        .unknownTag, "tag", id.rawValue, remedy: "create it first: `foldbook tag create`")
    }
    guard tag.retiredAt == nil else {
      throw refuse(
        .tagRetired, "tag \(quoted(tag.name)) was retired", expected: "a tag in use",
        found: quoted(id.rawValue), remedy: "create another tag")
    }
    return tag
  }

  func judgeTagging(_ payload: PositionTagged) throws(RuleError) {
    try requirePosition(payload.position)
    try requireTag(payload.tag)
    guard let registers = state.labels[payload.position]?.tags else { return }
    for moment in moments {
      let borne = registers.entries.filter { entry in
        entry.key != payload.tag && entry.history.value(asOf: moment) == true
          && state.tags[entry.key]?.retirement(asOf: moment) == nil
      }
      guard borne.count >= Rules.tagsPerPositionMax else { continue }
      throw refuse(
        .tooManyTagsOfPosition, "position \(quoted(payload.position.rawValue)) has enough tags",
        expected: "at most \(Rules.tagsPerPositionMax) tags a position",
        found: "\(borne.count) and this one", remedy: "take another tag off first")
    }
  }

  /// No other tag in use of the owner has the name.
  private func requireApart(_ id: TagID) throws(RuleError) {
    try requireApart(id, \.tags, "tag") { state, id, moment in
      guard let tag = state.tag(id, asOf: moment), tag.retiredAt == nil else { return [] }
      return [Label(field: "name", name: tag.name, scope: tag.owner?.rawValue, isFolded: true)]
    }
  }

  private func requireRoom(for id: TagID, of owner: UserID?) throws(RuleError) {
    for moment in moments {
      var count = 0
      for (other, _) in state.tags where other != id {
        guard let tag = state.tag(other, asOf: moment), tag.retiredAt == nil, tag.owner == owner
        else { continue }
        count += 1
      }
      guard count >= Rules.tagsPerOwnerMax else { continue }
      let whose = owner.map { "user \(quoted($0.rawValue)) has" } ?? "there are without an owner"
      throw refuse(
        .tooManyTagsOfOwner, "\(whose) \(count) tags in use",
        expected: "at most \(Rules.tagsPerOwnerMax) tags an owner", found: "\(count) and this one",
        remedy: "retire a tag first")
    }
  }
}
