/// How far every factor moves when some are told how to (C-19).
///
/// Shocks are fractions in the order of the factors; nil for a factor that is not shocked.
public enum StressShocks {
  /// The shocks alone; 0 for the others.
  public static func direct(_ shocks: [Double?]) -> [Double] { shocks.map { $0 ?? 0 } }

  /// s̃: shocked factors move as told, the others by their expectation given those, C_us C_ss⁻¹ s.
  ///
  /// Shocked factors that never changed say nothing about others; an unshocked one does not move.
  ///
  /// - Returns: Nil where the shocked factors are dependent.
  public static func conditional(_ shocks: [Double?], covariance: Matrix) -> [Double]? {
    precondition(covariance.rows == shocks.count, "every factor has its row of covariances")
    let informing = shocks.indices.filter { shocks[$0] != nil && covariance[$0, $0] > 0 }
    var moves = direct(shocks)
    guard !informing.isEmpty else { return moves }
    let inner = covariance.submatrix(rows: informing, columns: informing)
    guard let solver = SymmetricSolve(inner) else { return nil }
    let told = solver.solve(informing.map { moves[$0] })
    for factor in shocks.indices where shocks[factor] == nil {
      moves[factor] = OrderedSum.compensated(
        zip(informing, told).lazy.map { covariance[factor, $0] * $1 })
    }
    return moves
  }

  /// v, such that Σ D v is the expected profit given the pinned moves, D from univariate betas:
  /// v_P = diag C_PP · (C_PP + λ diag C_PP)⁻¹ s_P, 0 elsewhere.
  ///
  /// A univariate beta already holds what moves together with its factor, so each shock counts for
  /// what it adds to the others (D-18). One pinned factor gives v = s. Linear in D: the same v
  /// gives the conditional return of a ticker from its own betas.
  ///
  /// - Parameters:
  ///   - pinned: Shocks of the pinned factors; nil for all others.
  ///   - covariance: Over the window of the betas, equal weights. Nil where there is too little
  ///     history; one pinned factor needs none.
  ///   - ridge: λ where several are pinned, `stress.ridge`; 0.05 steadies nearly equal factors.
  /// - Returns: Nil without a pinned factor; with several, also without a covariance, or where λ is
  ///   0 and they are dependent.
  public static func conditionalWeights(
    pinned: [Double?], covariance: Matrix?, ridge: Double = 0.05
  ) -> [Double]? {
    precondition(ridge >= 0, "a ridge is not negative")
    var weights = direct(pinned)
    let factors = pinned.indices.filter { pinned[$0] != nil }
    guard factors.count > 1 else { return factors.isEmpty ? nil : weights }
    guard let covariance else { return nil }
    precondition(covariance.rows == pinned.count, "every factor has its row of covariances")
    // A factor that never changed shares nothing with others: it moves by its own shock.
    let moving = factors.filter { covariance[$0, $0] > 0 }
    guard moving.count > 1 else { return weights }
    var inner = covariance.submatrix(rows: moving, columns: moving)
    for index in moving.indices { inner[index, index] += ridge * inner[index, index] }
    guard let solver = SymmetricSolve(inner) else { return nil }
    for (factor, value) in zip(moving, solver.solve(moving.map { weights[$0] })) {
      weights[factor] = covariance[factor, factor] * value
    }
    return weights
  }

  /// s′_f = s_f + Σ ρ_fk s_k over the other shocked factors: the documented query after repair.
  ///
  /// Kept to explain the old numbers: it scales by a correlation where a beta is needed (D-16) and
  /// adds shocks to factors that have their own (D-17). An undefined correlation adds nothing.
  ///
  /// - Parameter correlation: As it is, or ``CorrelationMatrix/clampedAsDocumented(to:)``.
  public static func documentedPropagated(
    _ shocks: [Double?], correlation: CorrelationMatrix
  ) -> [Double] {
    precondition(correlation.size == shocks.count, "every factor has its row of correlations")
    return shocks.indices.map { factor in
      var sum = CompensatedSum()
      sum.add(shocks[factor] ?? 0)
      for (other, shock) in shocks.enumerated() where other != factor {
        if let shock, let value = correlation[factor, other] { sum.add(value * shock) }
      }
      return sum.value
    }
  }

  /// What the documented query returns as written: its filter drops a factor that no other shocked
  /// factor reaches, which is the shocked one itself when it is alone (D-15).
  ///
  /// - Returns: Nil for a factor that the query does not return.
  public static func seedLiteral(
    _ shocks: [Double?], correlation: CorrelationMatrix
  ) -> [Double?] {
    let propagated = documentedPropagated(shocks, correlation: correlation)
    return shocks.indices.map { factor in
      let isReached = shocks.enumerated().contains { other, shock in
        other != factor && shock != nil && correlation[factor, other] != nil
      }
      return isReached ? propagated[factor] : nil
    }
  }
}
