import EventLog
import FaultInjection
import Records
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A directory of its own, removed when it is no longer held.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/foldbook-log-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("a directory can be made") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    if let names = try? DiskStorage().list(path) {
      for name in names { remove("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

@Suite struct Storages {
  private static func storages() -> [(any Storage, String, TemporaryDirectory)] {
    let directory = TemporaryDirectory()
    return [
      (DiskStorage(), directory.path, directory), (FaultyStorage(), "memory", directory),
    ]
  }

  @Test("the disk and the one in memory behave alike")
  func alike() throws {
    for (storage, root, _) in Self.storages() {
      try storage.makeDirectory("\(root)/a/b")
      try storage.makeDirectory("\(root)/a/b")
      #expect(try storage.exists("\(root)/a") && !storage.exists("\(root)/c"))
      let file = try storage.open("\(root)/a/b/one", .create)
      try file.write([1, 2, 3, 4], at: 0)
      try file.write([9], at: 6)
      #expect(try file.size() == 7)
      #expect(try file.read(at: 0, count: 100) == [1, 2, 3, 4, 0, 0, 9])
      #expect(try file.read(at: 7, count: 1) == [])
      try file.truncate(to: 2)
      try file.sync()
      #expect(try storage.open("\(root)/a/b/one", .read).read(at: 0, count: 9) == [1, 2])
      try storage.rename("\(root)/a/b/one", to: "\(root)/a/b/two")
      try storage.syncDirectory("\(root)/a/b")
      #expect(try storage.list("\(root)/a/b") == ["two"])
      #expect(try storage.list("\(root)/a") == ["b"])
      // An open file goes on under its new name, and after its name is gone.
      try file.write([7], at: 0)
      #expect(try storage.open("\(root)/a/b/two", .readWrite).read(at: 0, count: 9) == [7, 2])
      try storage.remove("\(root)/a/b/two")
      #expect(try file.read(at: 0, count: 9) == [7, 2])
      #expect(try storage.list("\(root)/a/b") == [])
      _ = try storage.open("\(root)/a/b/two", .create)
      #expect(try storage.open("\(root)/a/b/two", .create).size() == 0)
    }
  }

  @Test("what is not there is said in plain words, with call and path")
  func missing() throws {
    for (storage, root, _) in Self.storages() {
      let error = #expect(throws: StorageError.self) { try storage.open("\(root)/none", .read) }
      #expect(error?.isNotFound == true)
      #expect(error?.description.contains("cannot open \(root)/none: it does not exist") == true)
      #expect(throws: StorageError.self) { try storage.open("\(root)/none", .readWrite) }
      #expect(throws: StorageError.self) { try storage.open("\(root)/no/such", .create) }
      #expect(throws: StorageError.self) { try storage.list("\(root)/none") }
      #expect(throws: StorageError.self) { try storage.remove("\(root)/none") }
      #expect(throws: StorageError.self) { try storage.rename("\(root)/none", to: "\(root)/x") }
    }
  }

  @Test(
    "error numbers have names",
    arguments: [
      (ENOSPC, "the disk is full"), (EROFS, "the disk is read-only"),
      (EACCES, "permission is denied"), (EIO, "the disk reports an input/output error"),
    ])
  func names(number: Int32, name: String) {
    let error = StorageError(call: "write", path: "p", errno: number)
    #expect(error.description == "cannot write p: \(name) (errno \(number))")
    #expect(error.isDiskFull == (number == ENOSPC))
    #expect(error.isReadOnly == (number == EROFS || number == EACCES))
  }

  @Test("a lock has one holder, also within one process")
  func locks() throws {
    for (storage, root, _) in Self.storages() {
      try storage.makeDirectory(root)
      let first = try storage.lock("\(root)/lock")
      let second = try storage.lock("\(root)/lock")
      #expect(try first.tryLock())
      #expect(try !second.tryLock())
      first.unlock()
      #expect(try second.tryLock())
      #expect(try !first.tryLock())
      second.unlock()
    }
  }

  @Test("a crash keeps what was synced, and any part of what was not")
  func crash() throws {
    var kept = 0
    var lost = 0
    for seed in 0..<40 as Range<UInt64> {
      let storage = FaultyStorage()
      try storage.makeDirectory("d")
      let file = try storage.open("d/file", .create)
      try file.write([UInt8](repeating: 1, count: 2_048), at: 0)
      try file.sync()
      try storage.syncDirectory("d")
      try file.write([UInt8](repeating: 2, count: 2_048), at: 1_024)
      _ = try storage.open("d/other", .create)
      storage.crash(seed: seed)
      let bytes = try #require(storage.bytes(of: "d/file"))
      #expect(bytes.prefix(1_024).allSatisfy { $0 == 1 })
      #expect(bytes.count == 2_048 || bytes.count == 3_072)
      for start in stride(from: 1_024, to: bytes.count, by: 512) {
        let sector = Set(bytes[start..<(start + 512)])
        #expect(sector.count == 1)
        if sector == [2] { kept += 1 } else { lost += 1 }
      }
      #expect(throws: StorageError.self) { try file.write([1], at: 0) }
    }
    #expect(kept > 20 && lost > 20)
  }
}

/// Counts how many files are open at the same time.
private struct CountingStorage: Storage {
  final class Counter: Sendable {
    private let counts = Mutex((now: 0, most: 0))
    var most: Int { counts.withLock { $0.most } }
    func add(_ change: Int) {
      counts.withLock { counts in
        counts.now += change
        counts.most = max(counts.most, counts.now)
      }
    }
  }

  final class CountedFile: StorageFile {
    let base: any StorageFile
    let counter: Counter
    init(_ base: any StorageFile, _ counter: Counter) {
      (self.base, self.counter) = (base, counter)
      counter.add(1)
    }
    deinit { counter.add(-1) }

    var path: String { base.path }
    func readSome(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
      try base.readSome(at: offset, count: count)
    }
    func writeSome(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(StorageError) -> Int {
      try base.writeSome(bytes, at: offset)
    }
    func truncate(to size: UInt64) throws(StorageError) { try base.truncate(to: size) }
    func sync() throws(StorageError) { try base.sync() }
    func size() throws(StorageError) -> UInt64 { try base.size() }
  }

  let base = FaultyStorage()
  let counter = Counter()

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
    CountedFile(try base.open(path, mode), counter)
  }
  func rename(_ path: String, to target: String) throws(StorageError) {
    try base.rename(path, to: target)
  }
  func remove(_ path: String) throws(StorageError) { try base.remove(path) }
  func list(_ directory: String) throws(StorageError) -> [String] { try base.list(directory) }
  func makeDirectory(_ path: String) throws(StorageError) { try base.makeDirectory(path) }
  func syncDirectory(_ path: String) throws(StorageError) { try base.syncDirectory(path) }
  func exists(_ path: String) throws(StorageError) -> Bool { try base.exists(path) }
  func lock(_ path: String) throws(StorageError) -> any StorageLock { try base.lock(path) }
}

extension Storages {
  @Test("a log of many segments keeps few files open")
  func openFiles() throws {
    let storage = CountingStorage()
    let log = try LogFixture.create(storage)
    for number in 1...100 {
      try log.append([LogFixture.record(number)])
      try log.seal()
    }
    let again = try LogFixture.open(storage)
    for handle in [log, again] {
      #expect(try LogFixture.all(handle).map(\.record) == LogFixture.records(1...100))
      #expect(try handle.sequence(ofID: "id-50") == EventSequence(50))
      #expect(try handle.verify(deep: false).segments == 100)
    }
    #expect(storage.counter.most < 90, "\(storage.counter.most) files")
  }
}
