/// Every projection, in the order in which their rows are written: a later one may read the rows
/// of an earlier one.
///
/// Adding a projection is adding its folder and its line here.
enum ProjectionCatalog {
  static let projectors: [any Projector.Type] = [
    MarketProjector.self,
    ReferenceProjector.self,
    PositionsProjector.self,
    IdentityProjector.self,
    AuditProjector.self,
    CalculationsProjector.self,
    ValuationProjector.self,
    ModelingProjector.self,
  ]

  /// The format of the file: of ``PackageResources/checkpoint_sql`` and of what is kept in it.
  static let format: Int64 = 1

  /// SQLite's `application_id`: `Fold` in ASCII.
  static let applicationID: Int64 = 0x466F_6C64

  static var names: [String] { projectors.map { $0.name } }

  /// What a file of tables remembers of each projector, to see that it has changed: its version
  /// and its schema.
  static let fingerprints = Dictionary(
    uniqueKeysWithValues: projectors.map { ($0.name, "\($0.version).\(fnv1a($0.schema))") })
}

/// FNV-1a, 64 bits, in hexadecimal: tells texts of ours apart, and guards against nobody.
private func fnv1a(_ bytes: [UInt8]) -> String {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
  return String(hash, radix: 16)
}
