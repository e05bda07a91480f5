import EventLog
import TestSupport
import Testing

@Suite struct BloomFilters {
  @Test("a key that was put in is always found", arguments: [1, 2, 6, 7, 100, 1_000, 5_000])
  func noFalseNegatives(count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    let keys = (0..<count).map { _ in random.next() }
    let filter = BloomFilter(hashes: keys)
    #expect(keys.allSatisfy(filter.mayContain))
    #expect(BloomFilter(bytes: filter.bytes) == filter)
  }

  @Test("a key that was not put in is found about once in a hundred")
  func falsePositives() {
    var random = SeededGenerator(seed: 7)
    let filter = BloomFilter(hashes: (0..<1_000).map { _ in random.next() })
    let found = (0..<10_000).count { _ in filter.mayContain(random.next()) }
    #expect(found < 200)
  }

  @Test(
    "a filter has max(64, the next power of two from 10 n) bits",
    arguments: [(0, 0), (1, 8), (6, 8), (7, 16), (12, 16), (13, 32), (100, 128), (103, 256)])
  func sizes(keys: Int, bytes: Int) {
    #expect(BloomFilter(keyCount: keys).bytes.count == bytes)
  }

  @Test("no filter holds nothing")
  func empty() {
    #expect(!BloomFilter.empty.mayContain(0))
    #expect(!BloomFilter.empty.mayContain("AAPL"))
  }

  @Test("bytes that are not a filter are refused", arguments: [1, 2, 4, 7, 9, 12, 24, 100])
  func refused(count: Int) {
    #expect(BloomFilter(bytes: [UInt8](repeating: 0, count: count)) == nil)
  }

  @Test("the bits of a key are those the format says")
  func bits() {
    // low 5, high 2 | 1 = 3: bits 5, 8, 11, 14, 17, 20.
    var filter = BloomFilter(keyCount: 1)
    filter.insert(2 << 32 | 5)
    #expect(filter.bytes == [0x20, 0x49, 0x12, 0, 0, 0, 0, 0])
  }
}
