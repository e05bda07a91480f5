import Records
import Synchronization

/// An append that waits for its turn.
final class AppendRequest: Sendable {
  typealias Prepare = @Sendable (inout LogTail) throws -> [Record]

  let prepare: Prepare
  private let outcome = Mutex<Result<AppendResult, any Error>?>(nil)

  init(_ prepare: @escaping Prepare) { self.prepare = prepare }

  var isServed: Bool { outcome.withLock { $0 != nil } }

  func finish(_ result: Result<AppendResult, any Error>) { outcome.withLock { $0 = result } }

  func get() throws -> AppendResult {
    guard let outcome = outcome.withLock({ $0 }) else {
      preconditionFailure("an append returns after it was served")
    }
    return try outcome.get()
  }
}
