public import Records

extension EventLog {
  /// The root of the log's tree (RFC 6962) over the events up to a sequence, as if a block ended
  /// there. It does not depend on how the events are stored now.
  ///
  /// - Parameter sequence: Null for the head; the one before ``first`` gives the empty tree's.
  /// - Throws: ``LogError/outside(sequence:first:head:)``, ``LogError/damaged(_:)``,
  ///   ``LogError/storage(_:)``.
  public func logRoot(at sequence: EventSequence? = nil) throws(LogError) -> Digest {
    let view = view
    let head = view.head
    let target = sequence ?? head
    guard target <= head, target.next >= view.first else {
      throw .outside(sequence: target, first: view.first, head: head)
    }
    var frontier = MerkleFrontier()
    for piece in view.pieces where piece.first <= target {
      switch piece {
      case .hole(_, let damage): throw .damaged(damage)
      case .segment(let segment):
        if let footer = segment.footer, segment.last <= target {
          frontier = footer.frontierAfter
          continue
        }
        for (index, block) in segment.blocks.enumerated() where block.first <= target {
          if block.last <= target {
            frontier.append(block.leafHash)
          } else {
            let records = try segment.blockRecords(index, context)
            frontier.append(
              BlockLeaves.blockLeaf(
                records.filter { $0.sequence <= target }, identity: identity,
                registry: context.registry))
          }
        }
      }
    }
    if let journal = view.journal, journal.base <= target {
      let count = Int(target.rawValue - journal.base.rawValue) + 1
      let rows = journal.rows.records(from: journal.base, limit: count, count: journal.count)
      for leaf in BlockCut.leaves(rows, context) { frontier.append(leaf) }
    }
    return frontier.root
  }

  /// The log's tree before a segment.
  func frontier(before segment: Segment) -> MerkleFrontier {
    var frontier = MerkleFrontier()
    for earlier in view.segments where earlier.last < segment.first {
      if let footer = earlier.footer {
        frontier = footer.frontierAfter
      } else {
        for block in earlier.blocks { frontier.append(block.leafHash) }
      }
    }
    return frontier
  }
}
