import Analytics

struct BetaRun: Run {
  private let factor: [Double]
  private let responses: [Double]
  private var fits: [UnivariateRegression?]

  init(_ numbers: [Double], length: Int) {
    factor = Array(numbers[..<length])
    responses = Array(numbers[length...])
    fits = Array(repeating: nil, count: responses.count / length)
  }

  var count: Int { fits.count }

  mutating func repeatOnce() {
    // The factor is prepared inside: every repetition does the whole work.
    SingleFactor(factor).regressEach(responses) { index, fit in fits[index] = fit }
  }

  var answers: [Double] {
    let measures: [(UnivariateRegression) -> Double?] = [
      \.beta, \.alpha, \.rSquared, \.standardError,
    ]
    return measures.flatMap { measure in fits.map { $0.flatMap(measure) ?? .nan } }
  }
}
