/// One double, or a vector of them, in the arithmetic of `Elementary`.
///
/// A formula written once over `Lanes` gives the same bits for `Double` and for every lane of
/// `SIMD2`, `SIMD4` and `SIMD8`: each requirement is one operation that IEEE 754 rounds exactly, or
/// works on the bits of a double. Where a scalar formula would branch, this one computes both sides
/// and chooses by mask.
public protocol Lanes: Sendable {
  /// The result of a comparison, lane by lane.
  associatedtype Mask

  /// The same value in every lane.
  init(_ value: Double)

  static func + (_ left: Self, _ right: Self) -> Self
  static func - (_ left: Self, _ right: Self) -> Self
  static func * (_ left: Self, _ right: Self) -> Self
  static func / (_ left: Self, _ right: Self) -> Self

  /// The square root, correctly rounded.
  func squareRoot() -> Self

  /// True where this is less than `other`; false where either is not a number.
  func isLess(than other: Self) -> Mask

  /// `yes` where the mask holds, `no` elsewhere.
  static func choose(_ yes: Self, _ no: Self, where mask: Mask) -> Self

  /// The value without its sign bit.
  var withoutSign: Self { get }

  /// The value with the sign bit turned round.
  var negated: Self { get }

  /// The value with the lower 27 bits of its significand cleared: its square is exact.
  var upperHalf: Self { get }

  /// Two powers of two whose product is 2ⁿ, for the whole number n that `Elementary.rounder` has
  /// been added to, from −2 000 to 2 000. Two, so that a result below the normal range is rounded
  /// once.
  static func powersOfTwo(fromRounded sum: Self) -> (Self, Self)

  /// The significand between √½ and √2 and the exponent of a positive normal number.
  var significandAndExponent: (significand: Self, exponent: Self) { get }
}

extension Elementary {
  /// 1.5 · 2⁵²: a number below 2⁵¹ added to it is rounded to a whole number, which its lowest bits
  /// then hold; taken away again, the whole number is left.
  @usableFromInline static let rounder = 6_755_399_441_055_744.0
}

extension Double: Lanes {
  public typealias Mask = Bool

  @inlinable @inline(__always)
  public func isLess(than other: Double) -> Bool { self < other }

  @inlinable @inline(__always)
  public static func choose(_ yes: Double, _ no: Double, where mask: Bool) -> Double {
    mask ? yes : no
  }

  @inlinable @inline(__always)
  public var withoutSign: Double { Double(bitPattern: bitPattern & 0x7FFF_FFFF_FFFF_FFFF) }

  @inlinable @inline(__always)
  public var negated: Double { Double(bitPattern: bitPattern ^ 0x8000_0000_0000_0000) }

  @inlinable @inline(__always)
  public var upperHalf: Double { Double(bitPattern: bitPattern & 0xFFFF_FFFF_F800_0000) }

  @inlinable @inline(__always)
  public static func powersOfTwo(fromRounded sum: Double) -> (Double, Double) {
    // Less the bits of the rounder: n, plus twice the bias of an exponent.
    let biased = sum.bitPattern &- (0x4338_0000_0000_0000 &- 2046)
    let half = biased &>> 1
    return (Double(bitPattern: half &<< 52), Double(bitPattern: (biased &- half) &<< 52))
  }

  @inlinable @inline(__always)
  public var significandAndExponent: (significand: Double, exponent: Double) {
    // Counted from the bits of √½, where the exponent turns over; 1024 keeps the count positive, and
    // below 2⁵², whose bits it is put into, it becomes a double without a conversion.
    let shifted = bitPattern &- 0x3FE6_A09E_667F_3BCD &+ (1024 &<< 52)
    let count = shifted &>> 52
    let significand = bitPattern &- (count &<< 52) &+ (1024 &<< 52)
    let exponent =
      Double(bitPattern: count | 0x4330_0000_0000_0000) - (4_503_599_627_370_496 + 1024)
    return (Double(bitPattern: significand), exponent)
  }
}

extension SIMD2: Lanes where Scalar == Double {
  public typealias Mask = SIMDMask<SIMD2<Int64>>

  @inlinable @inline(__always)
  public init(_ value: Double) { self.init(repeating: value) }

  @inlinable @inline(__always)
  public func isLess(than other: Self) -> Mask { self .< other }

  @inlinable @inline(__always)
  public static func choose(_ yes: Self, _ no: Self, where mask: Mask) -> Self {
    no.replacing(with: yes, where: mask)
  }

  @inlinable @inline(__always)
  var bits: SIMD2<UInt64> { unsafeBitCast(self, to: SIMD2<UInt64>.self) }

  @inlinable @inline(__always)
  init(bits: SIMD2<UInt64>) { self = unsafeBitCast(bits, to: Self.self) }

  @inlinable @inline(__always)
  public var withoutSign: Self {
    Self(bits: bits & SIMD2<UInt64>(repeating: 0x7FFF_FFFF_FFFF_FFFF))
  }

  @inlinable @inline(__always)
  public var negated: Self { Self(bits: bits ^ SIMD2<UInt64>(repeating: 0x8000_0000_0000_0000)) }

  @inlinable @inline(__always)
  public var upperHalf: Self { Self(bits: bits & SIMD2<UInt64>(repeating: 0xFFFF_FFFF_F800_0000)) }

  @inlinable @inline(__always)
  public static func powersOfTwo(fromRounded sum: Self) -> (Self, Self) {
    let biased = sum.bits &- SIMD2<UInt64>(repeating: 0x4338_0000_0000_0000 &- 2046)
    let half = biased &>> SIMD2<UInt64>(repeating: 1)
    let shift = SIMD2<UInt64>(repeating: 52)
    return (Self(bits: half &<< shift), Self(bits: (biased &- half) &<< shift))
  }

  @inlinable @inline(__always)
  public var significandAndExponent: (significand: Self, exponent: Self) {
    let shift = SIMD2<UInt64>(repeating: 52)
    let offset = SIMD2<UInt64>(repeating: 1024 &<< 52)
    let shifted = bits &- SIMD2<UInt64>(repeating: 0x3FE6_A09E_667F_3BCD) &+ offset
    let count = shifted &>> shift
    let significand = bits &- (count &<< shift) &+ offset
    let exponent =
      Self(bits: count | SIMD2<UInt64>(repeating: 0x4330_0000_0000_0000))
      - Self(repeating: 4_503_599_627_370_496 + 1024)
    return (Self(bits: significand), exponent)
  }
}

extension SIMD4: Lanes where Scalar == Double {
  public typealias Mask = SIMDMask<SIMD4<Int64>>

  @inlinable @inline(__always)
  public init(_ value: Double) { self.init(repeating: value) }

  @inlinable @inline(__always)
  public func isLess(than other: Self) -> Mask { self .< other }

  @inlinable @inline(__always)
  public static func choose(_ yes: Self, _ no: Self, where mask: Mask) -> Self {
    no.replacing(with: yes, where: mask)
  }

  @inlinable @inline(__always)
  var bits: SIMD4<UInt64> { unsafeBitCast(self, to: SIMD4<UInt64>.self) }

  @inlinable @inline(__always)
  init(bits: SIMD4<UInt64>) { self = unsafeBitCast(bits, to: Self.self) }

  @inlinable @inline(__always)
  public var withoutSign: Self {
    Self(bits: bits & SIMD4<UInt64>(repeating: 0x7FFF_FFFF_FFFF_FFFF))
  }

  @inlinable @inline(__always)
  public var negated: Self { Self(bits: bits ^ SIMD4<UInt64>(repeating: 0x8000_0000_0000_0000)) }

  @inlinable @inline(__always)
  public var upperHalf: Self { Self(bits: bits & SIMD4<UInt64>(repeating: 0xFFFF_FFFF_F800_0000)) }

  @inlinable @inline(__always)
  public static func powersOfTwo(fromRounded sum: Self) -> (Self, Self) {
    let biased = sum.bits &- SIMD4<UInt64>(repeating: 0x4338_0000_0000_0000 &- 2046)
    let half = biased &>> SIMD4<UInt64>(repeating: 1)
    let shift = SIMD4<UInt64>(repeating: 52)
    return (Self(bits: half &<< shift), Self(bits: (biased &- half) &<< shift))
  }

  @inlinable @inline(__always)
  public var significandAndExponent: (significand: Self, exponent: Self) {
    let shift = SIMD4<UInt64>(repeating: 52)
    let offset = SIMD4<UInt64>(repeating: 1024 &<< 52)
    let shifted = bits &- SIMD4<UInt64>(repeating: 0x3FE6_A09E_667F_3BCD) &+ offset
    let count = shifted &>> shift
    let significand = bits &- (count &<< shift) &+ offset
    let exponent =
      Self(bits: count | SIMD4<UInt64>(repeating: 0x4330_0000_0000_0000))
      - Self(repeating: 4_503_599_627_370_496 + 1024)
    return (Self(bits: significand), exponent)
  }
}

extension SIMD8: Lanes where Scalar == Double {
  public typealias Mask = SIMDMask<SIMD8<Int64>>

  @inlinable @inline(__always)
  public init(_ value: Double) { self.init(repeating: value) }

  @inlinable @inline(__always)
  public func isLess(than other: Self) -> Mask { self .< other }

  @inlinable @inline(__always)
  public static func choose(_ yes: Self, _ no: Self, where mask: Mask) -> Self {
    no.replacing(with: yes, where: mask)
  }

  @inlinable @inline(__always)
  var bits: SIMD8<UInt64> { unsafeBitCast(self, to: SIMD8<UInt64>.self) }

  @inlinable @inline(__always)
  init(bits: SIMD8<UInt64>) { self = unsafeBitCast(bits, to: Self.self) }

  @inlinable @inline(__always)
  public var withoutSign: Self {
    Self(bits: bits & SIMD8<UInt64>(repeating: 0x7FFF_FFFF_FFFF_FFFF))
  }

  @inlinable @inline(__always)
  public var negated: Self { Self(bits: bits ^ SIMD8<UInt64>(repeating: 0x8000_0000_0000_0000)) }

  @inlinable @inline(__always)
  public var upperHalf: Self { Self(bits: bits & SIMD8<UInt64>(repeating: 0xFFFF_FFFF_F800_0000)) }

  @inlinable @inline(__always)
  public static func powersOfTwo(fromRounded sum: Self) -> (Self, Self) {
    let biased = sum.bits &- SIMD8<UInt64>(repeating: 0x4338_0000_0000_0000 &- 2046)
    let half = biased &>> SIMD8<UInt64>(repeating: 1)
    let shift = SIMD8<UInt64>(repeating: 52)
    return (Self(bits: half &<< shift), Self(bits: (biased &- half) &<< shift))
  }

  @inlinable @inline(__always)
  public var significandAndExponent: (significand: Self, exponent: Self) {
    let shift = SIMD8<UInt64>(repeating: 52)
    let offset = SIMD8<UInt64>(repeating: 1024 &<< 52)
    let shifted = bits &- SIMD8<UInt64>(repeating: 0x3FE6_A09E_667F_3BCD) &+ offset
    let count = shifted &>> shift
    let significand = bits &- (count &<< shift) &+ offset
    let exponent =
      Self(bits: count | SIMD8<UInt64>(repeating: 0x4330_0000_0000_0000))
      - Self(repeating: 4_503_599_627_370_496 + 1024)
    return (Self(bits: significand), exponent)
  }
}
