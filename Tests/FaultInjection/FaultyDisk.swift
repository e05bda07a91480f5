/// What a ``FaultyStorage`` holds: contents and names as they are, and as they are on the disk.
struct FaultyDisk {
  struct Plan {
    var fault: FaultyStorage.Fault
    var countdown: Int
    var calls: Set<FaultyStorage.Call>
    var isLasting: Bool
  }

  enum NameChange {
    case link(String, File)
    case move(String, String, File)
    case unlink(String)
  }

  var names: [String: File] = [:]
  var durableNames: [String: File] = [:]
  /// Changes of names that no directory sync has covered, in their order.
  var pendingNames: [NameChange] = []
  var directories: Set<String> = []
  var plan: Plan?
  var hasFailed = false
  var record: [FaultyStorage.Call] = []
  var changes = 0
  var changesLeft: Int?
  var locks: [String: Int] = [:]
  var nextHolder = 0
  /// Files opened before the last kill or crash belong to processes that are no more.
  var generation = 0

  mutating func dueFault(_ call: FaultyStorage.Call) -> FaultyStorage.Fault? {
    guard var plan, plan.calls.contains(call) else { return nil }
    guard plan.countdown == 0 else {
      plan.countdown -= 1
      self.plan = plan
      return nil
    }
    hasFailed = true
    if !plan.isLasting { self.plan = nil }
    return plan.fault
  }

  mutating func syncNames(of directory: String) {
    let prefix = directory + "/"
    var left: [NameChange] = []
    for change in pendingNames {
      let path =
        switch change {
        case .link(let path, _), .move(_, let path, _), .unlink(let path): path
        }
      if path.hasPrefix(prefix), !path.dropFirst(prefix.count).contains("/") {
        apply(change)
      } else {
        left.append(change)
      }
    }
    pendingNames = left
  }

  private mutating func apply(_ change: NameChange) {
    switch change {
    case .link(let path, let file): durableNames[path] = file
    case .move(let path, let target, let file):
      durableNames[path] = nil
      durableNames[target] = file
    case .unlink(let path): durableNames[path] = nil
    }
  }

  mutating func crash(seed: UInt64) {
    var random = SplitMix(state: seed)
    // A journaling file system keeps the order of changes of names, so a beginning of them lasts.
    let kept = Int(random.next() % UInt64(pendingNames.count + 1))
    for change in pendingNames.prefix(kept) { apply(change) }
    pendingNames = []
    names = durableNames
    for path in names.keys.sorted() {
      guard let file = names[path] else { continue }
      // Those who still hold the old file must not see the new one change.
      let survivor = File()
      survivor.bytes = file.afterCrash(&random)
      survivor.durable = survivor.bytes
      names[path] = survivor
      durableNames[path] = survivor
    }
    plan = nil
    changesLeft = nil
    locks = [:]
    generation += 1
  }

  /// The same names and contents, all on the disk.
  func settled() -> FaultyDisk {
    var copy = FaultyDisk()
    for (path, file) in names {
      let twin = File()
      twin.bytes = file.bytes
      twin.durable = file.bytes
      copy.names[path] = twin
      copy.durableNames[path] = twin
    }
    copy.directories = directories
    return copy
  }

  // Sendable: touched only while the storage's mutex is held.
  final class File: @unchecked Sendable {
    static let sector = 512
    var bytes: [UInt8] = []
    var durable: [UInt8] = []
    /// Sectors that were changed since the last sync.
    private var dirty: Set<Int> = []

    func write(_ new: ArraySlice<UInt8>, at offset: Int) {
      guard !new.isEmpty else { return }
      let end = offset + new.count
      if bytes.count < end {
        bytes.append(contentsOf: repeatElement(0, count: end - bytes.count))
      }
      bytes.replaceSubrange(offset..<end, with: new)
      dirty.formUnion((offset / Self.sector)...((end - 1) / Self.sector))
    }

    func truncate(to size: Int) {
      if size < bytes.count {
        bytes.removeSubrange(size...)
      } else {
        bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
      }
      dirty.insert(size / Self.sector)
    }

    func sync() {
      durable = bytes
      dirty = []
    }

    /// What was to be synced is dropped by the kernel: readable for now, and never on the disk.
    func forgetUnsynced() { dirty = [] }

    func afterCrash(_ random: inout SplitMix) -> [UInt8] {
      guard durable != bytes else { return durable }
      let isSizeKept = random.next() % 2 == 0
      let size = isSizeKept ? bytes.count : durable.count
      var result = [UInt8](repeating: 0, count: size)
      var start = 0
      while start < size {
        let end = min(start + Self.sector, size)
        let isNew = dirty.contains(start / Self.sector) && random.next() % 2 == 0
        let source = isNew ? bytes : durable
        for index in start..<end where index < source.count { result[index] = source[index] }
        start = end
      }
      return result
    }
  }
}

/// SplitMix64, so that a crash comes again with its seed.
struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
