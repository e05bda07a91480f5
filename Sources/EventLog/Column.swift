public import ExactNumbers
public import Records

/// The values of one numbered field of one kind, in the order of the records that have it.
public struct Column: Sendable {
  public let number: UInt16
  public let type: FieldType
  /// One a record: whether it has the value. Empty when all have it.
  public let presence: [Bool]
  /// The values of the records that have one.
  public let values: ColumnValues

  public init(number: UInt16, type: FieldType, presence: [Bool], values: ColumnValues) {
    self.number = number
    self.type = type
    self.presence = presence
    self.values = values
  }

  /// Columns stand in ascending order of this.
  var key: UInt32 { UInt32(number) << 8 | UInt32(type.rawValue) }
}

public enum ColumnValues: Sendable {
  /// Integers; days of dates; nanoseconds of instants; 0 and 1 of booleans.
  case integers([Int64])
  case decimals([ExactDecimal])
  /// Text and JSON.
  case texts(TextValues)
  case bytes([[UInt8]])

  public var count: Int {
    switch self {
    case .integers(let values): values.count
    case .decimals(let values): values.count
    case .texts(let values): values.indices.count
    case .bytes(let values): values.count
    }
  }

  /// The value at an index, as the given type, which must be one that these values can be.
  @inline(__always)
  func value(at index: Int, as type: FieldType) -> FieldValue {
    switch self {
    case .integers(let values):
      let value = values[index]
      switch type {
      case .boolean: return .boolean(value != 0)
      case .date: return .date(CivilDate(daysSinceEpoch: Int32(truncatingIfNeeded: value)))
      case .instant: return .instant(Instant(nanosecondsSinceEpoch: value))
      default: return .integer(value)
      }
    case .decimals(let values): return .decimal(values[index])
    case .texts(let values):
      return type == .json ? .json(values[index]) : .text(values[index])
    case .bytes(let values): return .bytes(values[index])
    }
  }
}

/// Texts by way of a dictionary, so that a filter compares each different text once.
public struct TextValues: Sendable {
  /// Different texts, in the order of their first appearance; in a column that is stored without a
  /// dictionary a text may stand here more than once.
  public let dictionary: [String]
  /// One a value: its text's index in the dictionary.
  public let indices: [Int]

  public init(dictionary: [String], indices: [Int]) {
    self.dictionary = dictionary
    self.indices = indices
  }

  public subscript(index: Int) -> String { dictionary[indices[index]] }
}

/// All records of one kind in a block, as columns.
public struct KindColumns: Sendable {
  public let kind: KindNumber
  /// One a record, ascending.
  public let sequences: [UInt64]
  /// In ascending order of number and type. Payload fields come before the envelope.
  public let columns: [Column]

  public init(kind: KindNumber, sequences: [UInt64], columns: [Column]) {
    self.kind = kind
    self.sequences = sequences
    self.columns = columns
  }

  public var count: Int { sequences.count }

  /// The column of a field, or null where no record has it as this type.
  public func column(_ number: UInt16, _ type: FieldType) -> Column? {
    columns.first { $0.number == number && $0.type == type }
  }

  public func column(_ field: FieldNumber, _ type: FieldType) -> Column? {
    column(field.rawValue, type)
  }
}

/// A text that equals another only when all its bytes do.
///
/// Strings are equal when they are canonically equivalent, which would give a record that was
/// appended with a decomposed "é" a composed one in return.
struct TextKey: Hashable {
  let text: String

  static func == (left: TextKey, right: TextKey) -> Bool { sameBytes(left.text, right.text) }

  func hash(into hasher: inout Hasher) {
    let done: Void? = text.utf8.withContiguousStorageIfAvailable {
      hasher.combine(bytes: UnsafeRawBufferPointer($0))
    }
    if done == nil { for byte in text.utf8 { hasher.combine(byte) } }
  }
}

/// Whether two texts have the same UTF-8.
func sameBytes(_ left: String, _ right: String) -> Bool {
  // Texts that are not canonically equivalent cannot have the same bytes, and that is quickly seen.
  guard left == right else { return false }
  if left.utf8.count != right.utf8.count { return false }
  let isSame = left.utf8.withContiguousStorageIfAvailable { leftBytes in
    right.utf8.withContiguousStorageIfAvailable { leftBytes.elementsEqual($0) }
  }
  return (isSame ?? nil) ?? left.utf8.elementsEqual(right.utf8)
}
