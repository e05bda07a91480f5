public import ExactNumbers
public import Records

/// Why a book could not be opened, or refused what it was asked.
public enum BookError: Error, Sendable {
  case notABook(path: String)
  case exists(path: String)
  case newerFormat(path: String, found: Int64, known: Int64)
  case manifestDamaged(path: String, reason: String)
  case unknownBranch(name: String, known: [String])
  case idConflict(id: String, sequence: EventSequence)
  case headMoved(expected: EventSequence, found: EventSequence)
  case recordedTimeMissing(id: String)
  case recordedTimeBackwards(id: String, recorded: String, headRecorded: String)
  case unknownPoint(text: String, reason: String, range: String)
  case keyDamaged(path: String, bytes: Int)
  case sealedFieldDamaged(user: String)
  case keyMissing(user: String)
  case keyNotDestroyed(user: String, reason: String)
  case eventUnreadable(sequence: EventSequence, reason: String)
  case readOnly(reason: String)
  case portfolioNeeded
  case unknownPortfolio(id: String)
  case unknownScenario(text: String, known: [String])
  case batchFailed(date: CivilDate, reason: String)
  case noSession(dates: String, known: String)
  case batchRunning(branch: String)
  case branchName(name: String, problem: String)
  case branchExists(name: String)
  case unknownUser(id: String)
  case forkRefused(reason: String)
  case notAWhatIf(branch: String)
  case branchReplaced(branch: String, by: String)
  case rebaseRefused(branch: String, reason: String)
  case rebaseUnderWay(branch: String, target: String)
  case noRebaseUnderWay(branch: String)
  case promoteRefused(branch: String, into: String, id: String?, reason: String)
  case branchHasChildren(name: String, children: [String])
}

extension BookError: CustomStringConvertible {
  /// Stable, for scripts.
  public var code: String {
    switch self {
    case .notABook: "FB-BOOK-001"
    case .exists: "FB-BOOK-002"
    case .newerFormat: "FB-BOOK-003"
    case .manifestDamaged: "FB-BOOK-004"
    case .unknownBranch: "FB-BOOK-005"
    case .idConflict: "FB-BOOK-006"
    case .headMoved: "FB-BOOK-007"
    case .recordedTimeMissing: "FB-BOOK-008"
    case .recordedTimeBackwards: "FB-BOOK-009"
    case .unknownPoint: "FB-BOOK-010"
    case .keyDamaged: "FB-BOOK-011"
    case .sealedFieldDamaged: "FB-BOOK-012"
    case .eventUnreadable: "FB-BOOK-013"
    case .readOnly: "FB-BOOK-014"
    case .portfolioNeeded: "FB-BOOK-015"
    case .unknownPortfolio: "FB-BOOK-016"
    case .keyMissing: "FB-BOOK-017"
    case .keyNotDestroyed: "FB-BOOK-018"
    case .unknownScenario: "FB-BOOK-019"
    case .batchFailed: "FB-BOOK-020"
    case .noSession: "FB-BOOK-021"
    case .batchRunning: "FB-BOOK-022"
    case .branchName: "FB-BOOK-023"
    case .branchExists: "FB-BOOK-024"
    case .unknownUser: "FB-BOOK-025"
    case .forkRefused: "FB-BOOK-026"
    case .notAWhatIf: "FB-BOOK-027"
    case .branchReplaced: "FB-BOOK-028"
    case .rebaseRefused: "FB-BOOK-029"
    case .rebaseUnderWay: "FB-BOOK-030"
    case .noRebaseUnderWay: "FB-BOOK-031"
    case .promoteRefused: "FB-BOOK-032"
    case .branchHasChildren: "FB-BOOK-033"
    }
  }

  public var description: String {
    switch self {
    case .notABook(let path):
      "\(path) is not a book: it has no book.json; make one with 'foldbook init \(path)'"
    case .exists(let path):
      "\(path) holds a book already; choose another folder, or use this one with --book \(path)"
    case .newerFormat(let path, let found, let known):
      "\(path) has format \(found), this program knows formats up to \(known): use a newer foldbook"
    case .manifestDamaged(let path, let reason):
      "\(path) cannot be read: \(reason); restore it from a backup, the log itself is untouched"
    case .unknownBranch(let name, let known):
      "there is no branch '\(name)'; there is: \(known.joined(separator: ", "))"
    case .idConflict(let id, let sequence):
      "event id '\(id)' is taken by the event at sequence \(sequence), which has other content: "
        + "see 'foldbook show \(sequence)'; send the new fact under an id of its own"
    case .headMoved(let expected, let found):
      "expected the head at sequence \(expected), found it at \(found): read what was appended "
        + "since and try again with --expect \(found)"
    case .recordedTimeMissing(let id):
      "event '\(id)' has no recordedtime to keep; leave out --keep-recorded-time"
    case .recordedTimeBackwards(let id, let recorded, let headRecorded):
      "event '\(id)' has recordedtime \(recorded), before the head's \(headRecorded): recorded "
        + "time never goes backwards"
    case .unknownPoint(let text, let reason, let range):
      "'\(text)' names no point of this branch: \(reason); \(range)"
    case .keyDamaged(let path, let bytes):
      "the key \(path) has \(bytes) bytes, expected 32: restore the keys folder from a backup"
    case .sealedFieldDamaged(let user):
      "a personal field of user '\(user)' does not open under the key of that person: the keys "
        + "folder belongs to another book, or was changed; restore it from a backup"
    case .keyMissing(let user):
      "the key of user '\(user)' is missing, so new personal fields cannot be sealed: restore the "
        + "keys folder from the backup that the log came from, or forget the person with "
        + "user.forgotten and register another user id"
    case .keyNotDestroyed(let user, let reason):
      "user.forgotten of user '\(user)' is in the log, but the key could not be destroyed: "
        + "\(reason); it is not used any more, and the next command that writes tries again"
    case .eventUnreadable(let sequence, let reason):
      "the event at sequence \(sequence) cannot be read: \(reason)"
    case .readOnly(let reason):
      "the book is open for reading only: \(reason)"
    case .portfolioNeeded:
      "positions need a portfolio to go into: give --portfolio ID; 'foldbook portfolio list' shows "
        + "those there are"
    case .unknownPortfolio(let id):
      "there is no portfolio '\(id)'; 'foldbook portfolio list' shows those there are, 'foldbook "
        + "portfolio open' makes one"
    case .unknownScenario(let text, let known):
      "there is no scenario '\(text)'; known are: \(known.joined(separator: ", "))"
    case .batchFailed(let date, let reason):
      "the batch of \(date) was broken off: \(reason); without --strict what does not need the failed "
        + "step goes on"
    case .batchRunning(let branch):
      "a batch of branch \(branch) is running in another process; two would make everything twice: "
        + "try again when it has ended"
    case .noSession(let dates, let known):
      "\(dates) has no session: no portfolio that is open then has a bar of its benchmark or, where "
        + "that has none at all, of any instrument; \(known)"
    case .branchName(let name, let problem):
      "'\(name)' cannot be the name of a branch: \(problem); use at most "
        + "\(BranchName.charactersMax) letters, digits, '.', '_' and '-'"
    case .branchExists(let name):
      "there is a branch '\(name)' already, upper and lower case count as one; choose another name"
        + (name == BranchDetails.main.name
          ? "" : ", or delete it with 'foldbook branch delete \(name)'")
    case .unknownUser(let id):
      "no user \"\(id)\" is known; append user.registered first, or leave --user out"
    case .forkRefused(let reason): "the branch cannot be forked: \(reason)"
    case .notAWhatIf(let branch):
      "'\(branch)' is not a what-if branch; name one with --branch: 'foldbook branch list' shows them"
    case .branchReplaced(let branch, let by):
      "branch '\(branch)' was \(by) by another process meanwhile, so nothing was appended: open it "
        + "again"
    case .rebaseRefused(let branch, let reason): "branch '\(branch)' cannot be rebased: \(reason)"
    case .rebaseUnderWay(let branch, let target):
      "a rebase of branch '\(branch)' to \(target) is under way: go on with 'foldbook branch rebase "
        + "\(branch) --continue' or --skip, or give it up with --abort"
    case .noRebaseUnderWay(let branch):
      "no rebase of branch '\(branch)' is under way: begin one with 'foldbook branch rebase \(branch)'"
    case .promoteRefused(let branch, let into, let id, let reason):
      "branch '\(branch)' cannot be promoted into '\(into)': "
        + (id.map { "event '\($0)': " } ?? "") + reason + "; nothing was appended to '\(into)'"
    case .branchHasChildren(let name, let children):
      "branch '\(name)' cannot be deleted: others stand on it: "
        + "\(children.joined(separator: ", ")); delete those first"
    }
  }
}
