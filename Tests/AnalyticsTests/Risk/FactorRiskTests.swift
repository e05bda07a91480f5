import Analytics
import Testing

/// C-10 and C-12, with the examples of their text.
@Suite struct FactorRisks {
  @Test("C-10: three positions of 55,500 gross carry 11,650 of a factor")
  func exposure() {
    let exposure = FactorExposure(
      exposures: [16_000, -19_500, 20_000], betas: [1.2, 0.9, 0.5], netAssetValue: 66_500)
    #expect(exposure.dollars == 11_650)
    #expect(relativeError(exposure.documentedSigned, 0.20991) < 1e-4)
    #expect(relativeError(exposure.documentedMagnitude, 0.84234) < 1e-5)
    #expect(relativeError(exposure.ofNetAssetValue, 0.17519) < 1e-4)
    #expect(exposure.coverage == 1)
  }

  @Test("C-10: what has no beta is not counted, and coverage says so")
  func coverage() {
    let partial = FactorExposure(
      exposures: [100, -300], betas: [2, nil], netAssetValue: 0)
    #expect(partial.dollars == 200 && partial.coverage == 0.25)
    #expect(partial.ofNetAssetValue == nil && partial.documentedSigned == 0.5)
    let huge = FactorExposure(
      exposures: [1, 1e100, 1, -1e100], betas: [1, 1, 1, 1], netAssetValue: nil)
    #expect(huge.dollars == 2, "nothing is lost beside a position that is hedged away")
    let unknown = FactorExposure(exposures: [100], betas: [nil], netAssetValue: 100)
    #expect(unknown.dollars == nil && unknown.coverage == 0 && unknown.ofNetAssetValue == nil)
    let empty = FactorExposure(exposures: [], betas: [], netAssetValue: nil)
    #expect(empty.dollars == nil && empty.coverage == nil && empty.documentedMagnitude == nil)
  }

  @Test("C-12: two factors share a variance of 0.036265")
  func contributions() {
    let risk = FactorRisk(
      exposures: [0.8, 0.3], covariance: Matrix([[0.04, 0.018], [0.018, 0.0225]]))
    #expect(relativeError(risk.varianceContributions, [0.02992, 0.006345]) < 1e-14)
    #expect(relativeError(risk.factorVariance, 0.036265) < 1e-14)
    #expect(abs(risk.totalVolatility - 0.1904) < 5e-5)
    #expect(relativeError(risk.shares ?? [], [0.8250, 0.1750]) < 1e-4)
    #expect(relativeError(risk.volatilityContributions, [0.1571, 0.0333]) < 1e-3)
    #expect(abs(risk.volatilityContributions.reduce(0, +) - risk.totalVolatility) < 1e-15)
    #expect(risk.specificShare == 0)
  }

  @Test("C-12: without variance contributions are 0 and shares undefined")
  func nothing() {
    let risk = FactorRisk(
      exposures: [0, 0], covariance: Matrix([[0.04, 0.018], [0.018, 0.0225]]))
    #expect(risk.varianceContributions == [0, 0] && risk.volatilityContributions == [0, 0])
    #expect(risk.shares == nil && risk.marginalContributions == nil && risk.specificShare == nil)
    let specific = FactorRisk(
      exposures: [0, 0], covariance: Matrix([[0.04, 0.018], [0.018, 0.0225]]),
      specificVariance: 0.01)
    #expect(specific.shares == [0, 0] && specific.specificShare == 1)
    #expect(specific.totalVolatility == 0.1)
  }

  @Test("C-12: specific variance adds squares of weights, and counts what it does not know")
  func specific() {
    let found = FactorRisk.specificVariance(
      weights: [0.5, -0.25, 3], residualVariances: [0.04, 0.16, nil])
    #expect(relativeError(found.variance, 0.02) < 1e-15 && found.unknown == 1)
  }
}
