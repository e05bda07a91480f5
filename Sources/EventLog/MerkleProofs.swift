// Proofs of RFC 6962, sections 2.1.1 (inclusion) and 2.1.2 (consistency), and their verification
// after RFC 9162, sections 2.1.3.2 and 2.1.4.2. A verifier needs nothing but what it is given.

extension MerkleTree {
  /// The hashes that lead from a leaf to the root, the leaf's neighbour first.
  ///
  /// - Precondition: `index` is below the number of leaves.
  public static func inclusionProof(of index: Int, in leafHashes: [Digest]) -> [Digest] {
    precondition(leafHashes.indices.contains(index), "only a leaf of the tree can be proved")
    return path(to: index, leafHashes[...])
  }

  /// The hashes that show a tree of the first `oldCount` leaves to be the beginning of this one.
  ///
  /// - Precondition: `oldCount` is 0 … the number of leaves.
  public static func consistencyProof(from oldCount: Int, in leafHashes: [Digest]) -> [Digest] {
    precondition((0...leafHashes.count).contains(oldCount), "an older tree is not larger")
    // Everything is consistent with nothing, and with itself.
    guard oldCount > 0, oldCount < leafHashes.count else { return [] }
    return subproof(oldCount, leafHashes[...], isWhole: true)
  }

  /// Whether the proof leads from the leaf at `index` to the root of a tree of `count` leaves.
  public static func verifyInclusion(
    leafHash: Digest, index: UInt64, count: UInt64, proof: [Digest], root: Digest
  ) -> Bool {
    guard index < count else { return false }
    var (node, last) = (index, count - 1)
    var hash = leafHash
    for sibling in proof {
      guard last != 0 else { return false }
      if node & 1 == 1 || node == last {
        hash = nodeHash(sibling, hash)
        while node & 1 == 0, node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        hash = nodeHash(hash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && hash == root
  }

  /// Whether the proof shows the tree of `oldCount` leaves with `oldRoot` to be the beginning of
  /// the tree of `newCount` leaves with `newRoot`.
  public static func verifyConsistency(
    oldCount: UInt64, oldRoot: Digest, newCount: UInt64, newRoot: Digest, proof: [Digest]
  ) -> Bool {
    guard oldCount <= newCount else { return false }
    if oldCount == newCount { return proof.isEmpty && oldRoot == newRoot }
    if oldCount == 0 { return proof.isEmpty && oldRoot == emptyRoot }
    var path = proof[...]
    // A perfect old tree is a node of the new one, and so is left out of the proof.
    if oldCount.nonzeroBitCount == 1 { path = [oldRoot] + path }
    guard let first = path.popFirst() else { return false }
    var (node, last) = (oldCount - 1, newCount - 1)
    while node & 1 == 1 {
      node >>= 1
      last >>= 1
    }
    var (oldHash, newHash) = (first, first)
    for sibling in path {
      guard last != 0 else { return false }
      if node & 1 == 1 || node == last {
        oldHash = nodeHash(sibling, oldHash)
        newHash = nodeHash(sibling, newHash)
        while node & 1 == 0, node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        newHash = nodeHash(newHash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && oldHash == oldRoot && newHash == newRoot
  }

  private static func path(to index: Int, _ leaves: ArraySlice<Digest>) -> [Digest] {
    guard leaves.count > 1 else { return [] }
    let split = leaves.startIndex + leftCount(of: leaves.count)
    return index < split
      ? path(to: index, leaves[..<split]) + [root(of: Array(leaves[split...]))]
      : path(to: index, leaves[split...]) + [root(of: Array(leaves[..<split]))]
  }

  /// `isWhole` says that the old tree's root is the root of all the leaves seen so far from the
  /// left, which the verifier then knows already.
  private static func subproof(
    _ oldCount: Int, _ leaves: ArraySlice<Digest>, isWhole: Bool
  ) -> [Digest] {
    if oldCount == leaves.count { return isWhole ? [] : [root(of: Array(leaves))] }
    let left = leftCount(of: leaves.count)
    let split = leaves.startIndex + left
    return oldCount <= left
      ? subproof(oldCount, leaves[..<split], isWhole: isWhole) + [root(of: Array(leaves[split...]))]
      : subproof(oldCount - left, leaves[split...], isWhole: false)
        + [root(of: Array(leaves[..<split]))]
  }

  /// The largest power of two smaller than `count`, which is at least 2.
  private static func leftCount(of count: Int) -> Int {
    1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }
}
