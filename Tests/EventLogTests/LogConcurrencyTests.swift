import EventLog
import ExactNumbers
import FaultInjection
import Records
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct LogConcurrency {
  /// Runs a body on so many threads at once, and waits for all.
  private static func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<count {
        group.addTask {
          await withCheckedContinuation { continuation in
            Thread.run {
              body(index)
              continuation.resume()
            }
          }
        }
      }
    }
  }

  /// A record whose recorded time follows the tail's.
  private static func record(_ text: String, _ tail: LogTail) -> Record {
    var record = LogFixture.record(1)
    record.id = .given(text)
    let before = tail.headRecorded?.nanosecondsSinceEpoch ?? 0
    record.recorded = Instant(nanosecondsSinceEpoch: before + 1)
    return record
  }

  /// Every id once, and those of one thread in the order they were appended.
  private static func expectAll(_ log: EventLog, threads: Int, each: Int) throws {
    let ids = try LogFixture.all(log).map { $0.record.idText() }
    #expect(ids.count == threads * each)
    #expect(Set(ids).count == ids.count)
    for thread in 0..<threads {
      #expect(
        ids.filter { $0.hasPrefix("t\(thread)-") } == (0..<each).map { "t\(thread)-\($0)" })
    }
  }

  @Test("appends of many threads share syncs, and each is there once")
  func groupCommit() async throws {
    let directory = TemporaryDirectory()
    let options = LogOptions(eventsPerBlock: 4096, segmentBytesMax: 64 << 20)
    let log = try LogFixture.create(DiskStorage(), at: directory.path, options: options)
    let failures = Mutex(0)
    await Self.onThreads(16) { thread in
      for index in 0..<25 {
        do {
          let text = "t\(thread)-\(index)"
          let result = try log.append { tail in [Self.record(text, tail)] }
          // Acknowledged is visible.
          if log.head < result.last { failures.withLock { $0 += 1 } }
        } catch {
          failures.withLock { $0 += 1 }
        }
      }
    }
    #expect(failures.withLock { $0 } == 0)
    try Self.expectAll(log, threads: 16, each: 25)
    let statistics = log.statistics
    #expect(statistics.appends == 400)
    #expect(statistics.framesWritten < 400, "\(statistics.framesWritten) frames")
    #expect(statistics.syncs < 400, "\(statistics.syncs) syncs")
    let again = try LogFixture.open(DiskStorage(), at: directory.path, options: options)
    try Self.expectAll(again, threads: 16, each: 25)
  }

  @Test("two handles of one directory append in turn, pack, seal and see each other")
  func alternating() throws {
    let directory = TemporaryDirectory()
    let first = try LogFixture.create(DiskStorage(), at: directory.path)
    let second = try LogFixture.open(DiskStorage(), at: directory.path)
    let reader = try LogFixture.open(DiskStorage(), at: directory.path, mode: .readOnly)
    var number = 0
    for round in 0..<60 {
      let log = round % 2 == 0 ? first : second
      let count = [1, 2, 9, 20][round % 4]
      let head = number
      try log.append { tail in
        #expect(tail.head.rawValue == UInt64(head))
        return LogFixture.records((head + 1)...(head + count))
      }
      number += count
      if round % 7 == 6 { try (round % 2 == 0 ? second : first).seal() }
      try reader.refresh()
      #expect(reader.head.rawValue == UInt64(number))
    }
    let expected = LogFixture.records(1...number)
    for log in [first, second, reader] {
      try log.refresh()
      #expect(try LogFixture.all(log).map(\.record) == expected)
      #expect(try log.logRoot() == first.logRoot())
      #expect(try log.sequence(ofID: "id-100") == EventSequence(100))
    }
    #expect(try first.verify(deep: true).isSound)
  }

  @Test("handles that append at the same time lose and double nothing")
  func atOnce() async throws {
    let directory = TemporaryDirectory()
    let creator = try LogFixture.create(DiskStorage(), at: directory.path)
    let handles = try (0..<3).map { _ in
      try LogFixture.open(DiskStorage(), at: directory.path)
    }
    let problems = Mutex<[String]>([])
    await Self.onThreads(6) { thread in
      let log = handles[thread % 3]
      for index in 0..<20 {
        do {
          if thread == 0, index % 8 == 7 { try log.seal() }
          let text = "t\(thread)-\(index)"
          try log.append { tail in
            guard try tail.sequence(ofID: text) == nil else { return [] }
            return [Self.record(text, tail)]
          }
        } catch {
          problems.withLock { $0.append("\(error)") }
        }
      }
    }
    #expect(problems.withLock { $0 } == [])
    try creator.refresh()
    try Self.expectAll(creator, threads: 6, each: 20)
    #expect(try creator.verify(deep: true).isSound)
    #expect(handles.allSatisfy { $0.maintenanceError == nil })
  }

  @Test("a reader sees only whole appends, and a log that only grows, while others write")
  func readers() async throws {
    let directory = TemporaryDirectory()
    let log = try LogFixture.create(DiskStorage(), at: directory.path)
    let problems = Mutex<[String]>([])
    let isDone = Atomic(false)
    await Self.onThreads(3) { thread in
      do {
        if thread == 0 {
          for number in 0..<60 {
            try log.append { tail in
              (0..<3).map { part in
                var record = Self.record("t0-\(number * 3 + part)", tail)
                record.recorded = Instant(nanosecondsSinceEpoch: Int64(number))
                return record
              }
            }
            if number % 25 == 24 { try log.seal() }
          }
          isDone.store(true, ordering: .releasing)
          return
        }
        let reader = try LogFixture.open(DiskStorage(), at: directory.path, mode: .readOnly)
        var last: UInt64 = 0
        while !isDone.load(ordering: .acquiring) {
          try reader.refresh()
          let head = reader.head.rawValue
          let found = try LogFixture.all(reader)
          if head < last || !head.isMultiple(of: 3) || found.count != Int(head)
            || reader.damage != nil
          {
            problems.withLock { $0.append("head \(head) after \(last), \(found.count) events") }
          }
          last = head
        }
      } catch {
        problems.withLock { $0.append("\(error)") }
      }
    }
    #expect(problems.withLock { $0 } == [])
    try Self.expectAll(log, threads: 1, each: 180)
  }

  @Test("a lock that others hold is waited for, and then named")
  func locked() throws {
    let storage = FaultyStorage()
    var options = LogFixture.options
    options.lockWaitMilliseconds = 20
    let log = try LogFixture.create(storage, options: options)
    let lock = try storage.lock("\(LogFixture.path)/log/lock")
    #expect(try lock.tryLock())
    let error = #expect(throws: LogError.self) { try log.append([LogFixture.record(1)]) }
    #expect(error?.code == "FB-LOG-002")
    #expect(throws: LogError.self) { try log.seal() }
    lock.unlock()
    try log.append([LogFixture.record(1)])
    #expect(log.head == EventSequence(1))
  }
}

/// A thread of its own: what is tested here waits, which tasks of the pool must not.
private enum Thread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  static func run(_ body: @escaping @Sendable () -> Void) {
    #if canImport(Darwin)
    var thread: pthread_t?
    #else
    var thread = pthread_t()
    #endif
    let pointer = Unmanaged.passRetained(Body(body)).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { argument in
        #if canImport(Darwin)
        let raw: UnsafeMutableRawPointer = argument
        #else
        guard let raw = argument else { return nil }
        #endif
        Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      }, pointer)
    precondition(result == 0, "a thread can be made")
    #if canImport(Darwin)
    if let thread { pthread_detach(thread) }
    #else
    pthread_detach(thread)
    #endif
  }
}
