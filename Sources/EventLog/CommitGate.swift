#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One at a time through here, in this process; and whoever waits can be served by who is inside.
///
/// A mutex and a condition of the C library: the standard library's `Mutex` cannot be waited on.
final class CommitGate<Request: AnyObject>: @unchecked Sendable {
  // Sendable: all that is mutable is touched only while `mutex` is held.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isTaken = false
  private var waiting: [Request] = []

  init() {
    precondition(pthread_mutex_init(mutex, nil) == 0, "a mutex can be made")
    precondition(pthread_cond_init(condition, nil) == 0, "a condition can be made")
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Waits until nobody is inside, and goes in.
  func enter() {
    pthread_mutex_lock(mutex)
    while isTaken { pthread_cond_wait(condition, mutex) }
    isTaken = true
    pthread_mutex_unlock(mutex)
  }

  /// Goes in if nobody is inside.
  func tryEnter() -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if isTaken { return false }
    isTaken = true
    return true
  }

  func leave() {
    pthread_mutex_lock(mutex)
    isTaken = false
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Puts a request in line, and waits until somebody has served it or it is the caller's turn to
  /// serve. True: the caller is inside and serves, beginning with ``take(upTo:)``.
  func lead(_ request: Request, isServed: (Request) -> Bool) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    waiting.append(request)
    while !isServed(request) {
      if !isTaken {
        isTaken = true
        return true
      }
      pthread_cond_wait(condition, mutex)
    }
    return false
  }

  /// Takes requests out of the line, for the one who is inside.
  func take(upTo most: Int) -> [Request] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let taken = Array(waiting.prefix(most))
    waiting.removeFirst(taken.count)
    return taken
  }

  /// Tells waiting callers that they may have been served.
  func announce() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}

/// Lets other processes go on for a moment.
func pause(microseconds: Int) {
  var time = timespec(
    tv_sec: microseconds / 1_000_000, tv_nsec: microseconds % 1_000_000 * 1_000)
  nanosleep(&time, nil)
}
