/// What the program's end says to scripts.
enum ExitStatus: Int32, CaseIterable {
  /// Done; also when there was nothing to do or to find.
  case done = 0
  /// Ran completely and found differences: diff, verify, audit, reconcile.
  case differences = 1
  /// Could not finish; the answer is unknown.
  case unknown = 2
  /// The log is damaged or fails its hashes.
  case damaged = 3
  /// The head moved, or a rebase or a promote was refused.
  case conflict = 4
  case usage = 64
  /// Bad input data.
  case badData = 65
  /// No such file, book, portfolio or branch.
  case missing = 66
  /// The server cannot be reached.
  case unavailable = 69
  /// A defect of ours.
  case defect = 70
  case cannotCreate = 73
  case inputOutput = 74
  /// Locked; try again.
  case locked = 75
  case notPermitted = 77
  case badConfiguration = 78
  /// Interrupted; the log is intact.
  case interrupted = 130
}
