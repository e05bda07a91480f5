public import EventLog
public import Records

extension Book {
  /// The RFC 6962 root over the log up to a sequence, the head where none is given.
  public func logRoot(at sequence: EventSequence? = nil) throws -> Digest {
    try log.logRoot(at: sequence)
  }

  /// Packs what the journal holds and closes the growing segment for good, compressed once more.
  /// The log root stays what it is.
  public func seal() throws { try log.seal() }
}
