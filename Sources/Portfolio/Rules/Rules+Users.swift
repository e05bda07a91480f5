internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  func judgeUser() throws(RuleError) {
    if let session = state.session {
      throw refuse(
        .personOnBranch,
        "a person and the key of its personal fields are the whole book's, not a what-if branch's",
        expected: "branch main", found: "branch \(quoted(session.rawValue))",
        remedy: "append it without --branch; a branch that is forked later shows it")
    }
    switch event.payload {
    case .userRegistered(let payload):
      if let history = state.users[payload.user] {
        throw taken("user", payload.user.rawValue, at: history.ascending.first?.stamp)
      }
      try requireApart(payload.user)
    case .userChanged(let payload):
      try requireUser(payload.user)
      if payload.username != nil || payload.email != nil { try requireApart(payload.user) }
    case .userDeactivated(let payload): try requireUser(payload.user)
    case .userForgotten(let payload): try requireUser(payload.user)
    default: preconditionFailure("not a user's payload")
    }
  }

  /// A user that was registered and not forgotten.
  func requireUser(_ id: UserID) throws(RuleError) {
    guard let user = state.user(id, asOf: .distantFuture) else {
      throw unknown(
        .unknownUser, "user", id.rawValue, remedy: "append user.registered for it first")
    }
    guard !user.isForgotten else {
      throw refuse(
        .userInactive, "user \(quoted(id.rawValue)) was forgotten", expected: "a user with a key",
        found: "one forgotten", remedy: "register another user id")
    }
  }

  /// No other active user has the username or the email.
  private func requireApart(_ id: UserID) throws(RuleError) {
    try requireApart(id, \.users, "user") { state, id, moment in
      guard let user = state.user(id, asOf: moment), user.isActive else { return [] }
      return [("username", user.username), ("email", user.email)].compactMap { field, name in
        name.map { Label(field: field, name: $0, isFolded: true) }
      }
    }
  }
}
