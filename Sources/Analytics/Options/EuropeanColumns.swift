import ExactNumbers

/// One of an option's answers, as a column of `OptionValueColumns`.
public enum OptionMeasure: Int, Hashable, Sendable, CaseIterable {
  case price, delta, gamma, vega, theta, rho, dividendRho, vanna, volga

  /// Price and the five Greeks that most tables show.
  public static let standardCount = 6
}

/// The answers for many options, column by column.
///
/// Row by row the same bits as `EuropeanOption.values(_:)` of one option. Rows that the formula does
/// not cover (an input no option has, no time, no volatility) stand in `exceptions`.
public struct OptionValueColumns: Sendable {
  public private(set) var count = 0
  /// How many of the measures are kept, counted from price.
  public private(set) var measureCount = OptionMeasure.standardCount
  /// By row: the limit where there is one, else why the row was refused.
  public internal(set) var exceptions: [Int: Result<OptionValues, AnalyticsError>] = [:]
  // Column after column, each `count` long.
  var storage: [Double] = []

  public init() {}

  mutating func resize(to count: Int, measureCount: Int) {
    self.count = count
    self.measureCount = measureCount
    exceptions.removeAll(keepingCapacity: true)
    let needed = count * measureCount
    if storage.count < needed {
      storage = Array(unsafeUninitializedCapacity: needed) { buffer, length in
        buffer.initialize(repeating: 0)
        length = needed
      }
    }
  }

  /// - Returns: nil where the measure was not asked for, is not defined or the row was refused.
  public subscript(row: Int, measure: OptionMeasure) -> Double? {
    precondition((0..<count).contains(row), "no such row")
    guard let exception = exceptions[row] else {
      guard measure.rawValue < measureCount else { return nil }
      let value = storage[measure.rawValue * count + row]
      return value.isFinite ? value : nil
    }
    return (try? exception.get())?[measure]
  }

  /// - Throws: what the inputs of this row were refused for.
  public func values(at row: Int) throws(AnalyticsError) -> OptionValues {
    if let exception = exceptions[row] { return try exception.get() }
    return OptionValues(
      price: storage[row], delta: self[row, .delta], gamma: self[row, .gamma],
      vega: self[row, .vega], theta: self[row, .theta], rho: self[row, .rho],
      dividendRho: self[row, .dividendRho], vanna: self[row, .vanna], volga: self[row, .volga])
  }
}

extension OptionValues {
  public subscript(measure: OptionMeasure) -> Double? {
    switch measure {
    case .price: price
    case .delta: delta
    case .gamma: gamma
    case .vega: vega
    case .theta: theta
    case .rho: rho
    case .dividendRho: dividendRho
    case .vanna: vanna
    case .volga: volga
    }
  }
}

extension EuropeanOption {
  /// The prices and Greeks of many options.
  ///
  /// - Parameter all: dividend rho, vanna and volga too, besides price, delta, gamma, vega, theta
  ///   and rho.
  /// - Throws: `lengthsDiffer`. A row with inputs that no option has does not stop the others.
  public static func values(
    _ options: OptionColumns, all: Bool = false
  ) throws(AnalyticsError) -> OptionValueColumns {
    var result = OptionValueColumns()
    try values(options, all: all, into: &result)
    return result
  }

  /// The same into the columns of an earlier call, whose memory is used again.
  public static func values(
    _ options: OptionColumns, all: Bool = false, into result: inout OptionValueColumns
  ) throws(AnalyticsError) {
    try options.checkLengths()
    let measures = all ? OptionMeasure.allCases.count : OptionMeasure.standardCount
    result.resize(to: options.count, measureCount: measures)
    let irregular = result.storage.withUnsafeMutableBufferPointer { target in
      options.withPointers { evaluate($0, count: options.count, measures, into: target) }
    }
    for row in irregular ?? [] {
      do throws(AnalyticsError) {
        result.exceptions[row] = .success(try values(options[row]))
      } catch {
        result.exceptions[row] = .failure(error)
      }
    }
  }

  /// Eight options at a time; those that are left one by one, by the same formula.
  /// - Returns: the rows that the formula does not cover.
  private static func evaluate(
    _ inputs: OptionPointers, count: Int, _ measures: Int,
    into target: UnsafeMutableBufferPointer<Double>
  ) -> [Int] {
    var irregular: [Int] = []
    guard count > 0, let start = target.baseAddress else { return irregular }
    let width = OptionLanes.width
    let whole = count / width * width
    for row in stride(from: 0, to: whole, by: width) {
      let lanes = inputs.lanes(at: row)
      let formula = lanes.formula(all: measures > OptionMeasure.standardCount)
      formula.store(to: UnsafeMutableRawPointer(start + row), stride: count, measures)
      let regular = lanes.areCovered(by: formula)
      if any(.!regular) {
        for lane in 0..<width where !regular[lane] { irregular.append(row + lane) }
      }
    }
    for row in whole..<count {
      let option = inputs.option(at: row)
      guard (try? option.validate()) != nil, option.hasDeviation else {
        irregular.append(row)
        continue
      }
      let formula = EuropeanFormula<Double>(option)
      if !formula.extent.isFinite { irregular.append(row) }
      formula.store(to: UnsafeMutableRawPointer(start + row), stride: count, measures)
    }
    return irregular
  }
}

extension EuropeanFormula {
  /// Its measures to the same rows of columns that are `stride` values apart.
  @inline(__always)
  fileprivate func store(to start: UnsafeMutableRawPointer, stride: Int, _ measures: Int) {
    let step = stride * MemoryLayout<Double>.stride
    start.storeBytes(of: price, as: L.self)
    start.storeBytes(of: delta, toByteOffset: step, as: L.self)
    start.storeBytes(of: gamma, toByteOffset: 2 * step, as: L.self)
    start.storeBytes(of: vega, toByteOffset: 3 * step, as: L.self)
    start.storeBytes(of: theta, toByteOffset: 4 * step, as: L.self)
    start.storeBytes(of: rho, toByteOffset: 5 * step, as: L.self)
    guard measures > OptionMeasure.standardCount else { return }
    start.storeBytes(of: dividendRho, toByteOffset: 6 * step, as: L.self)
    start.storeBytes(of: vanna, toByteOffset: 7 * step, as: L.self)
    start.storeBytes(of: volga, toByteOffset: 8 * step, as: L.self)
  }
}
