internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  func judgeUser() throws(RuleError) {
    switch event.payload {
    case .userRegistered(let payload):
      if let history = state.users[payload.user] {
        throw taken("user", payload.user.rawValue, at: history.ascending.first?.stamp)
      }
      try requireFree(username: payload.username, email: payload.email, for: payload.user)
    case .userChanged(let payload):
      try requireUser(payload.user)
      try requireFree(username: payload.username, email: payload.email?.value, for: payload.user)
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

  private func requireFree(
    username: String?, email: String?, for id: UserID
  ) throws(RuleError) {
    guard username != nil || email != nil else { return }
    for (other, _) in state.users where other != id {
      for moment in moments {
        guard let user = state.user(other, asOf: moment), user.isActive else { continue }
        if let username, isSame(username, user.username) {
          throw nameTaken("username", username, by: "user", other.rawValue)
        }
        if let email, isSame(email, user.email) {
          throw nameTaken("email", email, by: "user", other.rawValue)
        }
      }
    }
  }

  func nameTaken(_ field: String, _ name: String, by thing: String, _ id: String) -> RuleError {
    refuse(
      .nameTaken, "\(field) \(quoted(name)) belongs to \(thing) \(quoted(id))",
      expected: "a \(field) no other \(thing) has", found: quoted(name),
      remedy: "choose another, or change that \(thing) first")
  }

  /// Whether two names are one where upper and lower case do not count.
  func isSame(_ name: String, _ other: String?) -> Bool {
    guard let other else { return false }
    return name.lowercased() == other.lowercased()
  }
}
