/// The Merkle tree of RFC 6962, section 2.1, over SHA-256.
///
/// A leaf's hash is SHA-256 of a zero byte and its data, a node's that of a one byte and its two
/// children; the left child of a node holds the largest power of two of leaves that is smaller
/// than all. The root of no leaves is SHA-256 of nothing.
public enum MerkleTree {
  /// The root of a tree without leaves.
  public static let emptyRoot = Digest.sha256([])

  public static func leafHash(_ data: [UInt8]) -> Digest {
    var stream = DigestStream()
    stream.update([0])
    stream.update(data)
    return stream.finish()
  }

  public static func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
    var stream = DigestStream()
    stream.update([1])
    stream.update(left)
    stream.update(right)
    return stream.finish()
  }

  /// The root over leaf hashes, in order.
  public static func root(of leafHashes: [Digest]) -> Digest {
    var frontier = MerkleFrontier()
    for leafHash in leafHashes { frontier.append(leafHash) }
    return frontier.root
  }

  public typealias Frontier = MerkleFrontier
}

/// A growing Merkle tree, as the roots of its perfect subtrees: all that is needed to append to
/// it and to know its root.
public struct MerkleFrontier: Hashable, Sendable {
  /// How many leaves there are.
  public private(set) var count: UInt64
  /// Roots of the perfect subtrees, the largest (leftmost) first; one for each bit set in `count`.
  public private(set) var subtrees: [Digest]

  public init() {
    count = 0
    subtrees = []
  }

  /// A frontier as it was stored. Null when so many subtrees do not make up so many leaves.
  public init?(count: UInt64, subtrees: [Digest]) {
    guard subtrees.count == count.nonzeroBitCount else { return nil }
    self.count = count
    self.subtrees = subtrees
  }

  public mutating func append(_ leafHash: Digest) {
    var node = leafHash
    // Like a carry in binary addition: equal subtrees pair up.
    for _ in 0..<(~count).trailingZeroBitCount {
      node = MerkleTree.nodeHash(subtrees.removeLast(), node)
    }
    subtrees.append(node)
    count += 1
  }

  public var root: Digest {
    guard var node = subtrees.last else { return MerkleTree.emptyRoot }
    for left in subtrees.dropLast().reversed() { node = MerkleTree.nodeHash(left, node) }
    return node
  }
}
