import EventLog

extension Book {
  /// Refuses where another process has put another generation of the branch in the place of this
  /// one, or has deleted the branch.
  ///
  /// Both hold the lock of the branch's log when they do it. So an append that asks while it holds
  /// the lock is acknowledged into a log that counts. The first branch has one generation and stays.
  func refuseIfReplaced() throws {
    guard isWhatIf else { return }
    guard try storage.exists(BranchDetails.path(in: branchPath)) else {
      throw BookError.branchReplaced(branch: branch, by: "deleted")
    }
    let found = try BranchDetails.read(in: branchPath, storage: storage)
    guard found.id == details.id else {
      throw BookError.branchReplaced(branch: branch, by: "deleted and forked anew")
    }
    guard found.generation == details.generation else {
      throw BookError.branchReplaced(branch: branch, by: "rebased")
    }
  }
}
