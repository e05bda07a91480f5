import ExactNumbers
import Records

extension Event {
  /// Whether the other event says what this one says, so that with the same id it is this one sent
  /// again, and not another one under its name.
  ///
  /// Content is what the sender gave of the event itself: kind, effective time, source, data,
  /// attributes the catalogue does not know. Not compared are the id; what the ledger adds
  /// (recorded time, sequence); what comes from the way it was sent (actor, correlation,
  /// causation); a subject that one of the two lacks; a field that the ledger filled in and the
  /// other event lacks (see ``CompletablePayload``); and a personal field that cannot be opened.
  public func hasSameContent(as other: Event) -> Bool {
    guard kindName == other.kindName, effective == other.effective, source == other.source,
      extensions?.canonical == other.extensions?.canonical
    else { return false }
    if let subject, let otherSubject = other.subject, subject != otherSubject { return false }
    return payload.content.hasSameContent(as: other.payload.content)
  }
}

extension EventPayload {
  public func hasSameContent(as other: any EventPayload) -> Bool {
    guard let other = other as? Self,
      unknownFields?.canonical == other.unknownFields?.canonical
    else { return false }
    let absentHere = excused
    let absentThere = other.excused
    return Self.fields.allSatisfy { field in
      guard !field.declaration.isHidden else { return true }
      let number = field.declaration.number
      switch (field.fieldValue(self), field.fieldValue(other)) {
      case (let here?, let there?): return here == there
      case (nil, nil): return true
      case (.some, nil):
        return absentThere(number) || (self as? any CompletablePayload).completed(number)
      case (nil, .some):
        return absentHere(number) || (other as? any CompletablePayload).completed(number)
      }
    }
  }

  /// The fields that say nothing by being absent: their person is forgotten.
  private var excused: (FieldNumber) -> Bool {
    guard let personal = self as? any PersonalPayload else { return { _ in false } }
    return { number in personal.forgottenFields.contains { $0.number == number } }
  }
}

extension Optional where Wrapped == any CompletablePayload {
  fileprivate func completed(_ field: FieldNumber) -> Bool {
    self?.completed?.contains(field) ?? false
  }
}
