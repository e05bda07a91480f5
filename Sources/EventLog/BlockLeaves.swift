public import Records

/// The leaves of a block, stored or not.
///
/// First every record of a kind that is not market data, by itself and in sequence order, as its
/// row; then every kind of market data present, in ascending order, as its canonical columns.
public enum BlockLeaves {
  /// The leaf hashes of records as if they made one block.
  ///
  /// - Precondition: The records are in sequence order, without a gap.
  public static func hashes(
    _ records: some Sequence<SequencedRecord>, registry: KindRegistry
  ) -> [Digest] {
    var leaves: [Digest] = []
    var market: [SequencedRecord] = []
    var rows = RowLeaves()
    for record in records {
      if registry[record.record.kind]?.isMarketData ?? false {
        market.append(record)
      } else {
        leaves.append(rows.leaf(record))
      }
    }
    for group in KindColumnsBuilder.group(market) {
      leaves.append(CanonicalColumns.leafHash(group))
    }
    return leaves
  }

  /// The leaf hash of a record that is a leaf by itself.
  public static func rowLeaf(_ record: SequencedRecord) -> Digest {
    MerkleTree.leafHash(RowForm.encode(record.record, sequence: record.sequence))
  }

  /// The hash of a block as a leaf of the log: over `"FBBLK1"`, the identity, the first sequence
  /// (u64), the count (u32) and the root of the block's leaves.
  public static func blockLeaf(
    identity: LogIdentity, first: EventSequence, count: Int, leavesRoot: Digest
  ) -> Digest {
    var writer = ByteWriter(capacity: 66)
    writer.raw("FBBLK1".utf8)
    writer.raw(identity.bytes)
    writer.u64(first.rawValue)
    writer.u32(UInt32(count))
    writer.raw(leavesRoot.bytes)
    return MerkleTree.leafHash(writer.bytes)
  }

  /// The leaf of the log that these records would be if a block held exactly them.
  ///
  /// - Precondition: There is at least one record; they are in sequence order, without a gap.
  public static func blockLeaf(
    _ records: [SequencedRecord], identity: LogIdentity, registry: KindRegistry
  ) -> Digest {
    guard let first = records.first else { preconditionFailure("a block has records") }
    return blockLeaf(
      identity: identity, first: first.sequence, count: records.count,
      leavesRoot: MerkleTree.root(of: hashes(records, registry: registry)))
  }
}

/// Hashes rows one after the other in the same memory.
struct RowLeaves {
  private var writer = ByteWriter(capacity: 512)

  mutating func leaf(_ record: SequencedRecord) -> Digest {
    leaf(record.record, sequence: record.sequence)
  }

  mutating func leaf(_ record: Record, sequence: EventSequence) -> Digest {
    writer.bytes.removeAll(keepingCapacity: true)
    // What stands before a leaf's data when it is hashed.
    writer.u8(0)
    RowForm.encode(record, sequence: sequence, into: &writer)
    return Digest.sha256(writer.bytes)
  }
}
