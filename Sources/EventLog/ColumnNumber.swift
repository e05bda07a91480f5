/// The numbers of the columns that hold the envelope. Payload fields have those below.
public enum ColumnNumber {
  public static let envelopeStart: UInt16 = 0xFF00
  /// In canonical columns only: in a stored block it follows from the row order.
  public static let sequence: UInt16 = 0xFF00
  public static let effective: UInt16 = 0xFF01
  public static let recorded: UInt16 = 0xFF02
  /// The id's text; no value where the id is minted.
  public static let givenID: UInt16 = 0xFF03
  /// The occurrence of a minted id; no value where the id is given.
  public static let occurrence: UInt16 = 0xFF04
  public static let source: UInt16 = 0xFF05
  public static let subject: UInt16 = 0xFF06
  public static let actor: UInt16 = 0xFF07
  public static let correlation: UInt16 = 0xFF08
  public static let causation: UInt16 = 0xFF09
  public static let extensions: UInt16 = 0xFF0A
}
