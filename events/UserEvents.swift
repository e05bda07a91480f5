public import Records

/// What a user may do.
public enum UserRole: String, PayloadEnumeration, Sendable {
  case viewer, manager, auditor, admin
}

/// A user is known from here on. No secret ever enters the log: credentials live beside it.
public struct UserRegistered: PersonalPayload {
  public var user: UserID
  public var username: String?
  public var email: String?
  public var fullName: String?
  public var role: UserRole
  public var forgottenFields: [Field]
  public var unknownFields: JSONValue?

  public init(
    user: UserID, role: UserRole, username: String? = nil, email: String? = nil,
    fullName: String? = nil, forgottenFields: [Field] = [], unknownFields: JSONValue? = nil
  ) {
    self.user = user
    self.username = username
    self.email = email
    self.fullName = fullName
    self.role = role
    self.forgottenFields = forgottenFields
    self.unknownFields = unknownFields
  }
}

extension UserRegistered {
  public static let kind = KindDeclaration(1, "user.registered", "a user is known from here on")

  public static let blank = Self(user: .blank, role: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "user", \.user, "id of the user"),
    .personal(
      2, "username", \.username,
      "the name the user signs in with", isRequired: true, .characters(1...100)),
    .personal(3, "email", \.email, "address for mail", .characters(1...255)),
    .personal(4, "full_name", \.fullName, "the name as written", .characters(1...255)),
    .required(5, "role", \.role, "what the user may do"),
  ]
}

/// Fields of a user change. What is null stays as it is.
public struct UserChanged: PersonalPayload {
  public var user: UserID
  public var username: String?
  public var email: Change<String>?
  public var fullName: Change<String>?
  public var role: UserRole?
  public var forgottenFields: [Field]
  public var unknownFields: JSONValue?

  public init(
    user: UserID, username: String? = nil, email: Change<String>? = nil,
    fullName: Change<String>? = nil, role: UserRole? = nil, forgottenFields: [Field] = [],
    unknownFields: JSONValue? = nil
  ) {
    self.user = user
    self.username = username
    self.email = email
    self.fullName = fullName
    self.role = role
    self.forgottenFields = forgottenFields
    self.unknownFields = unknownFields
  }
}

extension UserChanged {
  public static let kind = KindDeclaration(2, "user.changed", "fields of a user change")

  public static let blank = Self(user: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "user", \.user, "whose account it is"),
    .personal(
      2, "username", \.username, "the new name the user signs in with", .characters(1...100)),
    .clearable(
      3, "email", \.email, "the new address for mail", isPersonal: true, .characters(1...255)),
    .clearable(
      4, "full_name", \.fullName,
      "the new name as written", isPersonal: true, .characters(1...255)),
    .optional(5, "role", \.role, "what the user may do from here on"),
  ]
}

/// A user may do nothing any more.
public struct UserDeactivated: EventPayload {
  public var user: UserID
  public var unknownFields: JSONValue?

  public init(user: UserID, unknownFields: JSONValue? = nil) {
    self.user = user
    self.unknownFields = unknownFields
  }
}

extension UserDeactivated {
  public static let kind = KindDeclaration(3, "user.deactivated", "a user may do nothing any more")

  public static let blank = Self(user: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "user", \.user, "whose account it is")
  ]
}

/// The key of this user's personal fields has been destroyed: nobody can read them any more.
public struct UserForgotten: EventPayload {
  public var user: UserID
  public var unknownFields: JSONValue?

  public init(user: UserID, unknownFields: JSONValue? = nil) {
    self.user = user
    self.unknownFields = unknownFields
  }
}

extension UserForgotten {
  public static let kind = KindDeclaration(
    4, "user.forgotten", "the key of a user's personal fields has been destroyed")

  public static let blank = Self(user: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "user", \.user, "whose account it is")
  ]
}
