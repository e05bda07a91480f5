import ExactNumbers
public import Records

extension BlockReader {
  /// Recomputes all that the header says of the records, and compares.
  ///
  /// - Parameter registry: When given, the header's traits of each kind must be the catalogue's.
  /// - Returns: What does not agree; nothing when the block is sound. Damage that keeps the
  ///   records from being read at all is a finding too.
  /// - Throws: Only what reading the payload throws besides ``BlockError``.
  public func verify(registry: KindRegistry? = nil) throws -> [BlockError] {
    do {
      return try compare(registry)
    } catch let error as BlockError {
      return [error]
    }
  }

  private func compare(_ registry: KindRegistry?) throws -> [BlockError] {
    var findings: [BlockError] = []
    func expect<Value: Equatable>(
      _ computed: Value, _ stored: Value, _ field: String, _ offset: Int
    ) {
      guard computed != stored else { return }
      findings.append(
        .mismatch(field: field, offset: offset, expected: "\(computed)", found: "\(stored)"))
    }
    var groups: [KindColumns] = []
    for kind in header.kinds {
      guard let columns = try columns(of: kind.kind) else { continue }
      // Puts the columns to the test of making whole records.
      _ = try RecordAssembler(columns)
      groups.append(columns)
    }
    let leaves = try leaves()
    expect(leaves.count, header.leafCount, "leaf count", 68)
    expect(MerkleTree.root(of: leaves), header.leavesRoot, "leaves root", 72)
    let zones = BlockZones(groups, kinds: header.kinds)
    expect(zones.recorded, header.recorded, "recorded range", 104)
    expect(zones.effective, header.effective, "effective range", 120)
    if zones.portfolios != header.portfolios || zones.symbols != header.symbols {
      let filtersOffset = BlockHeader.fixedLength + header.kinds.count * BlockKind.byteCount
      expect(zones.portfolios.bytes, header.portfolios.bytes, "portfolio filter", filtersOffset)
      expect(
        zones.symbols.bytes, header.symbols.bytes, "symbol filter",
        filtersOffset + header.portfolios.bytes.count)
    }
    if let registry {
      for (index, kind) in header.kinds.enumerated() {
        let traits = registry[kind.kind]
        let known = BlockKind(
          kind: kind.kind, isMarketData: traits?.isMarketData ?? false, count: kind.count,
          portfolioField: traits?.portfolioField, symbolField: traits?.symbolField)
        expect(
          known, kind, "traits of kind \(kind.kind.rawValue)",
          BlockHeader.fixedLength + index * BlockKind.byteCount)
      }
    }
    return findings
  }
}
