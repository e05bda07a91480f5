public import EventLog
public import Records

extension Book {
  /// The RFC 6962 root over the branch's own log up to a sequence, the head where none is given.
  public func logRoot(at sequence: EventSequence? = nil) throws -> Digest {
    try log.logRoot(at: sequence?.own)
  }

  /// What everything that the branch shows up to a number stands for: the same text, the same events.
  public func rootText(at number: EventSequence) throws -> String { try line.rootText(at: number) }

  /// Packs what the journal holds and closes the growing segment for good, compressed once more.
  /// The log root stays what it is.
  public func seal() throws { try log.seal() }
}
