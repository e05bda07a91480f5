import Interchange
import Records
import TestSupport
import Testing

@testable import foldbook_cli

/// `reference` against the files with known answers, by the measures that those are given with.
@Suite struct ReferenceAnswersToVectors {
  @Test("European options: every cell is there, each within 8 roundings, the price within 16")
  func european() throws {
    let text = try ReferenceFile.text("bsm_european.csv", every: 4)
    let wanted = ReferenceFile.rows(text)
    let found = try ReferenceFile.answer(.bsm, to: text)
    #expect(found.warnings.isEmpty)
    #expect(found.rows.map { $0["id"] } == wanted.map { $0["id"] })
    #expect(
      found.output.hasPrefix(
        "id,price,delta,gamma,vega,theta_year,theta_day,rho,div_rho,vanna,volga\n"))
    for (got, want) in zip(found.rows, wanted) {
      for column in ["price", "delta", "gamma", "vega", "theta_year", "theta_day", "rho"] {
        let cell = "cond_" + (column == "theta_day" ? "theta_year" : column)
        let condition = try #require(Double(want[cell] ?? ""))
        let error = try ReferenceDistance.conditioned(
          got[column] ?? "", want[column] ?? "", condition: condition)
        let row = "\(column) of row \(want["id"] ?? "")"
        #expect(error.scaled <= (column == "price" ? 16 : 8), "\(row)")
        if condition < 100 { #expect(error.relative <= 1e-13, "\(row)") }
      }
      for column in ["div_rho", "vanna", "volga"] {
        #expect((got[column] == "") == (want[column] == ""), "\(column)")
      }
    }
  }

  @Test("limits and refused inputs: the status, and empty where nothing is defined")
  func edges() throws {
    let text = try ReferenceFile.text("bsm_edge.csv")
    let found = try ReferenceFile.answer(.edge, to: text)
    #expect(found.warnings.isEmpty)
    #expect(found.rows.count == 23)
    for (got, want) in zip(found.rows, ReferenceFile.rows(text)) {
      #expect(got["id"] == want["id"])
      #expect(got["status"] == want["status"])
      for column in ["price", "delta", "gamma", "vega", "theta_year", "rho"] {
        let expected = want[column] ?? ""
        guard !expected.isEmpty else {
          #expect(got[column] == "", "\(column) of row \(want["id"] ?? "")")
          continue
        }
        let error = try ReferenceDistance.conditioned(got[column] ?? "", expected, condition: 1)
        #expect(error.relative <= 4e-15, "\(column) of row \(want["id"] ?? "")")
      }
    }
  }

  @Test("implied volatilities: the status, and the volatility within 16 roundings")
  func volatilities() throws {
    let text = try ReferenceFile.text("implied_vol.csv")
    let found = try ReferenceFile.answer(.iv, to: text)
    #expect(found.warnings.isEmpty)
    #expect(found.rows.count == 1260)
    for (got, want) in zip(found.rows, ReferenceFile.rows(text)) {
      #expect(got["id"] == want["id"])
      #expect(got["status"] == want["status"])
      guard want["status"] == "ok" else {
        #expect(got["vol"] == "")
        continue
      }
      let condition = try #require(Double(want["cond_vol"] ?? ""))
      let error = try ReferenceDistance.conditioned(
        got["vol"] ?? "", want["vol"] ?? "", condition: condition)
      #expect(error.scaled <= 16, "row \(want["id"] ?? "")")
      if condition < 1000 { #expect(error.relative <= 1e-12, "row \(want["id"] ?? "")") }
    }
  }

  /// The vegas and rhos of the reference are quotients over wide steps, of 0.4 % of the volatility
  /// and 2 % of the rate or yield. Where one crosses a kink it is not the derivative, so a few of
  /// these may be further away; the tests of the analytics hold them against narrow steps.
  @Test("American options: every cell is there, each within its bound, medians within a hundredth")
  func american() throws {
    let text = try ReferenceFile.text("american.csv", every: 20)
    let found = try ReferenceFile.answer(.american, to: text)
    #expect(found.warnings.isEmpty)
    #expect(found.rows.count == 50)
    let bounds = [
      "price": 1e-9, "delta": 1e-8, "gamma": 1e-6, "vega": 1e-6, "theta_year": 1e-6,
      "theta_day": 1e-6, "rho": 1e-6, "div_rho": 1e-6, "boundary": 1e-6,
    ]
    var errors: [String: [Double]] = [:]
    for (got, want) in zip(found.rows, ReferenceFile.rows(text)) {
      #expect(got["id"] == want["id"])
      #expect(got["exercise_now"] == want["exercise_now"])
      let strike = try #require(Double(want["strike"] ?? ""))
      let spot = try #require(Double(want["spot"] ?? ""))
      let floors = ["price": 1e-6 * strike, "delta": 1e-4, "gamma": 1e-4 / spot]
      for column in bounds.keys {
        guard let expected = Double(want[column] ?? "") else {
          #expect(got[column] == "", "\(column) of row \(want["id"] ?? "")")
          continue
        }
        let value = try #require(Double(got[column] ?? ""))
        let floor = floors[column] ?? 1e-4 * strike
        let error = (value - expected).magnitude / max(expected.magnitude, floor)
        errors[column, default: []].append(error)
      }
    }
    for (column, bound) in bounds {
      let sorted = try #require(errors[column]).sorted()
      let exceptions = ["vega", "rho", "div_rho"].contains(column) ? sorted.count / 10 : 0
      #expect(sorted.count { $0 > bound } <= exceptions, "\(column): \(sorted.suffix(5))")
      #expect(sorted[sorted.count / 2] <= bound / 100, "\(column)")
    }
  }

  @Test(
    "cases in JSON: the keys that are expected, each number within 1e-11",
    arguments: [
      (ReferenceKind.regressions, "regressions.json"), (.portfolio, "portfolio_stats.json"),
    ])
  func documents(kind: ReferenceKind, file: String) throws {
    let text = try ReferenceFile.text(file)
    let wanted = try #require(try JSONValue(parsing: text)["cases"]).elements
    let found = try ReferenceFile.answer(kind, to: text)
    let answers = try #require(try JSONValue(parsing: found.output)["cases"]).elements
    #expect(answers.map { $0["id"] } == wanted.map { $0["id"] })
    for (got, one) in zip(answers, wanted) {
      let id = one["id"]?.text ?? ""
      #expect(got.members?.map(\.name) == ["id", "result"])
      let result = try #require(got["result"])
      let want = try #require(one["expected"])
      #expect(result.members?.map(\.name) == want.members?.map(\.name), "\(id)")
      if one["kind"]?.text == "ols", want["status"]?.text == "ok" {
        try check(regression: result, want, id)
      } else {
        #expect(ReferenceDistance.worst(result, want) <= 1e-11, "\(id)")
      }
    }
  }

  /// Coefficients each through itself or its error; in an exact fit only these and R² say anything.
  private func check(regression got: JSONValue, _ want: JSONValue, _ id: String) throws {
    func number(_ value: JSONValue?) -> Double? {
      value.flatMap(ReferenceDistance.numbers)?.first ?? nil
    }
    let condition = try #require(number(want["scaled_condition_number"]))
    let bound = max(1e-11, 64 * 2.22e-16 * condition)
    let deviation = try #require(number(want["resid_std"]))
    let isExact = deviation > 0 && deviation < 1e-40
    let coefficients = try #require(want["coef"]?.members)
    #expect(got["coef"]?.members?.map(\.name) == coefficients.map(\.name))
    for member in coefficients {
      let value = try #require(number(member.value))
      let error = isExact ? 0 : number(want["std_err"]?[member.name]) ?? 0
      let found = try #require(number(got["coef"]?[member.name]))
      let gap = (found - value).magnitude
      #expect(gap <= bound * max(value.magnitude, error), "\(id) \(member.name)")
    }
    for member in try #require(want.members) where member.name != "coef" {
      let isExactly = ["status", "nobs", "dof"].contains(member.name)
      if isExact, !isExactly, member.name != "r_squared" { continue }
      // The parts of one quantity are compared as a list.
      func list(_ value: JSONValue?) -> JSONValue? {
        value.flatMap { $0.members.map { .array($0.map(\.value)) } ?? $0 }
      }
      let expected = try #require(list(member.value))
      let error = ReferenceDistance.worst(list(got[member.name]), expected)
      #expect(error <= (isExactly ? 0 : bound), "\(id) \(member.name)")
    }
  }
}

/// How `reference` reads what it is given.
@Suite struct ReferenceInputs {
  static let header = "id,type,spot,strike,t_years,vol,rate,div_yield"

  @Test("columns are found by name, in any order, among others")
  func columns() throws {
    let plain = try ReferenceFile.answer(
      .bsm, to: "\(Self.header)\n7,call,100,90,0.5,0.2,0.03,0.01\n")
    let other = try ReferenceFile.answer(
      .bsm,
      to: """
        note,Rate,div_yield,vol,T_YEARS,strike,spot,type,price,id
        "x, y",0.03,0.01,0.2,0.5,90, 100 ,CALL,no number,7

        """)
    #expect(plain.output == other.output)
    #expect(plain.rows.count == 1)
  }

  @Test("a row has the same bits alone and among others, at any place")
  func batches() throws {
    let text = try ReferenceFile.text("bsm_european.csv")
    let lines = text.split(separator: "\n")
    let all = try ReferenceFile.answer(.bsm, to: text).output.split(separator: "\n")
    #expect(all.count == lines.count)
    let seed: UInt64 = 20_250_630
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let row = Int.random(in: 1..<lines.count, using: &generator)
      let alone = try ReferenceFile.answer(.bsm, to: "\(lines[0])\n\(lines[row])\n").output
      #expect(alone.split(separator: "\n").last == all[row], "line \(row + 1), seed \(seed)")
    }
  }

  @Test("an option that none is does not stop the others, and is told with its line")
  func refusedRows() throws {
    let rows = ["1,call,100,100,1,0.2,0,0", "", "2,put,-1,100,1,0.2,0,0", "3,call,,100,1,0.2,0,0"]
    let text = ([Self.header] + rows).map { $0 + "\r\n" }.joined()
    for kind in [ReferenceKind.bsm, .american] {
      let found = try ReferenceFile.answer(kind, to: text)
      #expect(found.rows.map { $0["price"] == "" } == [false, true, true])
      #expect(
        found.warnings == [
          "inputs, line 4: spot is -1.0: it must be above zero (FB-CALC-002); no answer",
          "inputs, line 5: spot is not a finite number (FB-CALC-001); no answer",
          "no answer to 2 of 3 rows",
        ])
    }
    let edge = try ReferenceFile.answer(.edge, to: text)
    #expect(edge.rows.map { $0["status"] } == ["ok", "invalid", "invalid"])
    #expect(edge.warnings.isEmpty)
  }

  @Test("of many refused rows the first are told one by one, all are counted")
  func manyRefusedRows() throws {
    let rows = (1...1500).map { "\($0),put,0,100,1,0.2,0,0\n" }.joined()
    let found = try ReferenceFile.answer(.bsm, to: "\(Self.header)\n\(rows)")
    #expect(found.rows.count == 1500)
    #expect(found.warnings.count == ReferenceRun.warningsMax + 1)
    #expect(found.warnings.last == "no answer to 1 500 of 1 500 rows")
  }

  @Test("an id stands in the answer as it was given, in quotes where it needs them")
  func ids() throws {
    let found = try ReferenceFile.answer(
      .bsm, to: "\(Self.header)\n\"a,\"\"b\"\"\",call,100,100,0,0.2,0,0\n")
    #expect(found.output.hasSuffix("\n\"a,\"\"b\"\"\",0.0,,,,,,,,,\n"))
  }

  @Test("numbers in JSON are the nearest doubles, and are written as short as they can be")
  func nearestDoubles() throws {
    let found = try ReferenceFile.answer(
      .portfolio,
      to: """
        {"cases":[{"id":"a","kind":"factor_risk","exposures":[1],
        "covariance":[[0.30000000000000004]],"specific_variance":0}]}
        """)
    #expect(found.output.contains("\"factor_variance\":0.30000000000000004,"))
    #expect(found.output.contains("\"percent_contribution\":[1.0]"))
  }

  @Test("nothing to answer gives null, never a number that is none")
  func undefined() throws {
    let found = try ReferenceFile.answer(
      .portfolio,
      to: """
        {"cases":[{"id":"a","kind":"series","nav":[],"risk_free_annual":0},
        {"id":"b","kind":"diversification","position_values":[0],"correlation":[[null]]},
        {"id":"c","kind":"stress","names":[],"shocks":{},"covariance":[],"betas":[],
        "portfolio_value":1}]}
        """)
    let answers = try #require(try JSONValue(parsing: found.output)["cases"]).elements
    let results = answers.map { $0["result"] }
    #expect(results[0]?["observations"] == 0)
    #expect(results[0]?["sharpe_ratio"] == .null)
    #expect(results[1]?.members?.allSatisfy { $0.value == .null } == true)
    #expect(results[2]?["direct_pnl"] == .null)
    let flat = try ReferenceFile.answer(
      .regressions,
      to: """
        {"cases":[{"id":"a","kind":"univariate_betas","market":[1,1,1],"stocks":{"A":[1,2,3]}},
        {"id":"b","kind":"ols","names":["m"],"y":[1,null,3],"x":[[1],[2],[null]]},
        {"id":"c","kind":"covariance","lambda":0.9,"returns":[[1,2]]}]}
        """)
    #expect(flat.output.contains("\"A\":{\"beta\":null,"))
    #expect(flat.output.contains("{\"status\":\"rank_deficient\",\"nobs\":1}"))
    #expect(flat.output.contains("\"sample_covariance\":null,"))
  }
}
