import ExactNumbers

/// The inputs of eight options side by side.
struct OptionLanes {
  typealias Vector = SIMD8<Double>
  static let width = 8

  var sign: Vector
  var spot: Vector
  var strike: Vector
  var years: Vector
  var volatility: Vector
  var rate: Vector
  var dividendYield: Vector

  @inline(__always)
  func formula(all: Bool) -> EuropeanFormula<Vector> {
    EuropeanFormula(
      sign: sign, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate,
      dividendYield: dividendYield, all: all)
  }

  /// Where the inputs are those of an option, with time and volatility left, as `validate()` and
  /// `hasDeviation` say of one, and the answers are finite.
  @inline(__always)
  func areCovered(by formula: EuropeanFormula<Vector>) -> SIMDMask<SIMD8<Int64>> {
    // With an input that is infinite or not a number so is the deviation, the extent or the sum.
    let sum = formula.extent + (rate.withoutSign + dividendYield.withoutSign)
    let arePositive = (Vector() .< spot) .& (Vector() .< strike) .& (Vector() .< volatility)
    return arePositive .& (formula.deviation .> Vector(repeating: EuropeanOption.leastDeviation))
      .& (spot + strike + years + volatility + sum .< Vector(repeating: .infinity))
  }
}

/// Where the columns of the inputs lie.
struct OptionPointers {
  var sides: UnsafePointer<OptionSide>
  var spots: UnsafePointer<Double>
  var strikes: UnsafePointer<Double>
  var years: UnsafePointer<Double>
  var volatilities: UnsafePointer<Double>
  var rates: UnsafePointer<Double>
  var dividendYields: UnsafePointer<Double>

  func option(at row: Int) -> OptionInputs {
    OptionInputs(
      side: sides[row], spot: spots[row], strike: strikes[row], years: years[row],
      volatility: volatilities[row], rate: rates[row], dividendYield: dividendYields[row])
  }

  /// Eight rows side by side.
  @inline(__always)
  func lanes(at row: Int) -> OptionLanes {
    var signs = OptionLanes.Vector()
    for lane in 0..<OptionLanes.width { signs[lane] = sides[row + lane].sign }
    return OptionLanes(
      sign: signs, spot: load(spots, row), strike: load(strikes, row), years: load(years, row),
      volatility: load(volatilities, row), rate: load(rates, row),
      dividendYield: load(dividendYields, row))
  }

  @inline(__always)
  private func load(_ column: UnsafePointer<Double>, _ row: Int) -> OptionLanes.Vector {
    UnsafeRawPointer(column + row).loadUnaligned(as: OptionLanes.Vector.self)
  }
}

extension OptionColumns {
  /// Gives `body` the places of the columns, which are of one length.
  /// - Returns: nil if they are empty.
  func withPointers<Answer>(_ body: (OptionPointers) -> Answer) -> Answer? {
    sides.withUnsafeBufferPointer { sides in
      spots.withUnsafeBufferPointer { spots in
        strikes.withUnsafeBufferPointer { strikes in
          years.withUnsafeBufferPointer { years in
            volatilities.withUnsafeBufferPointer { volatilities in
              rates.withUnsafeBufferPointer { rates in
                dividendYields.withUnsafeBufferPointer { yields in
                  guard let sides = sides.baseAddress, let spots = spots.baseAddress,
                    let strikes = strikes.baseAddress, let years = years.baseAddress,
                    let volatilities = volatilities.baseAddress, let rates = rates.baseAddress,
                    let yields = yields.baseAddress
                  else { return nil }
                  return body(
                    OptionPointers(
                      sides: sides, spots: spots, strikes: strikes, years: years,
                      volatilities: volatilities, rates: rates, dividendYields: yields))
                }
              }
            }
          }
        }
      }
    }
  }
}
