import EventLog
import Foundation
import Records
import Testing

/// `Golden/block-1.txt` holds a block that the first version of the format wrote, and what it holds:
/// lines of `block`, `row` and `id` with hexadecimal or text, and the two roots. The file is never
/// written again: every later version must read it as it stands.
@Suite struct BlockGolden {
  private let lines: [(name: String, value: String)]

  init() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/block-1.txt")
    lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
      let parts = $0.split(separator: " ", maxSplits: 1)
      return (String(parts[0]), String(parts[1]))
    }
  }

  private func values(_ name: String) -> [String] {
    lines.filter { $0.name == name }.map(\.value)
  }

  private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0..<($0 + 2)]), radix: 16)
    }
  }

  @Test("the first version's block reads as it was written, for ever")
  func block() throws {
    let block = values("block").flatMap(bytes)
    let rows = values("row").map(bytes)
    #expect(rows.count == 84)
    let reader = try BlockReader(block: block)
    let records = try reader.records()
    #expect(BlockSamples.rows(records) == rows)
    #expect(reader.header.leavesRoot.description == values("leaves-root").first)
    #expect(reader.header.leafHash.description == values("leaf-hash").first)
    #expect(
      records.map { $0.record.idText() }
        == values("id").map { String(decoding: bytes($0), as: UTF8.self) })
    #expect(try reader.verify(registry: BlockSamples.registry) == [])
  }

  @Test("the first version's rows read as they were written, and are written the same")
  func rows() throws {
    for row in values("row").map(bytes) {
      let record = try RowForm.decode(row)
      #expect(RowForm.encode(record.record, sequence: record.sequence) == row)
    }
  }

  @Test("today's encoder keeps the roots of the first version, however it packs")
  func roots() throws {
    let records = try values("row").map { try RowForm.decode(bytes($0)) }
    let leaves = BlockLeaves.hashes(records, registry: BlockSamples.registry)
    #expect(MerkleTree.root(of: leaves).description == values("leaves-root").first)
  }
}
