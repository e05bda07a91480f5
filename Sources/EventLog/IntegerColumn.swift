/// A run of 64-bit integers: what every column is made of in the end.
///
///     u8 transform · u8 width · u32 count · bases · i64 least · i64 divisor if flag 0x10
///     · exceptions if flag 0x20 · packed
///
/// The low four bits of the transform say what the *residuals* are, with wrapping arithmetic:
/// 0 the values themselves; 1 the difference of each value to the one before; 2 the difference of
/// each difference to the one before; 3 the difference of each value to the last one with the same
/// key. The bases are what the first residual needs: nothing; i64 first value; i64 first value and
/// i64 first difference; u16 number of the key column, then the first value of each key, in the
/// order of the keys' first appearance, as a run of integers of their own.
///
/// A residual is `least + divisor · offset` (divisor 1 where none is given). The offsets are
/// packed with `width` bits each; exceptions, u32 count and so many (u32 index, u64 offset) in
/// ascending order, replace the packed offset at their index, which is zero.
///
/// For transform 3 the key of a record is the dictionary index of its text in the key column,
/// which must be one of the same group, stored with a dictionary, and present in every record.
enum IntegerColumn {
  static let divisorFlag: UInt8 = 0x10
  static let exceptionsFlag: UInt8 = 0x20
  static let exceptionBytes = 12

  /// What the encoder of a run may try.
  enum Style: Hashable {
    /// The fewest bits, for runs that no byte compressor can make smaller.
    case packed
    /// Whole bytes, so that LZ4 can find what repeats.
    case aligned
    /// As `aligned`, with one transform and no other.
    case alignedTransform(UInt8)
  }
}

/// By which text of its record each value of a run can be predicted.
struct KeyIndices {
  /// The number of the column that holds the texts.
  let column: UInt16
  /// One a value of the run.
  let indices: [Int]
  /// Every index is below this.
  let count: Int

  /// The keys of those rows that have a value.
  func filtered(by presence: [Bool]) -> KeyIndices {
    guard !presence.isEmpty else { return self }
    var kept: [Int] = []
    for (row, isPresent) in presence.enumerated() where isPresent { kept.append(indices[row]) }
    return KeyIndices(column: column, indices: kept, count: count)
  }
}
