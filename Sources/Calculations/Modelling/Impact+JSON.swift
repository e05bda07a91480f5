internal import Events
public import Records

// Every form is canonical: names sorted, numbers in shortest exact form, so that equal results are
// equal texts. Money and counts have the digits of the tables.

extension Impact {
  /// Column `impact_summary`: `{"gross_exposure":{"before":…,"after":…,"delta":…,"delta_pct":…}}`; of
  /// the whole book one such object a portfolio, by its id.
  ///
  /// A metric of past returns has `"unchanged":true`; one that is not known, partial or assumed on
  /// either side has `"flags":[…]`.
  public var summaryJSON: JSONValue { byPortfolio { $0.json { _ in true } } }

  /// Column `risk_metrics_before`: name and value of volatility, beta, correlation, diversification,
  /// factor exposures and Greeks, and of past returns.
  public var riskMetricsBeforeJSON: JSONValue { byPortfolio { $0.riskJSON(\.before) } }

  /// Column `risk_metrics_after`.
  public var riskMetricsAfterJSON: JSONValue { byPortfolio { $0.riskJSON(\.after) } }

  /// Column `factor_exposures_change`: of each factor `exposure_value` and, but of a score,
  /// `exposure_dollar`, as in the summary.
  public var factorExposuresChangeJSON: JSONValue { byPortfolio(\.factorJSON) }

  /// Column `base_portfolio_snapshot`.
  public var baseSnapshotJSON: JSONValue { baseSnapshot.json }

  /// Column `modified_portfolio_snapshot`; null before the first change.
  public var modifiedSnapshotJSON: JSONValue? { modifiedSnapshot?.json }

  /// What each change does by itself: `[{"change_no":1,"change_type":"resize","metrics":{…}}]`, with
  /// the metrics that it moves or makes unknown; of the whole book one such list a portfolio. Null
  /// where they were not asked for.
  public var marginalsJSON: JSONValue {
    guard portfolios.allSatisfy({ $0.marginals != nil }) else { return .null }
    return byPortfolio { $0.marginalsJSON(changes) }
  }

  private func byPortfolio(_ json: (PortfolioImpact) -> JSONValue) -> JSONValue {
    if portfolio != nil, let only = portfolios.first { return json(only).canonical }
    return JSONValue.object(portfolios.map { JSONMember($0.portfolio.rawValue, json($0)) })
      .canonical
  }
}

extension MetricImpact {
  /// `{"after":…,"before":…,"delta":…,"delta_pct":…}`, with `unchanged` and `flags` where they apply.
  public var json: JSONValue {
    var members = [
      JSONMember("before", before.json), JSONMember("after", after.json),
      JSONMember("delta", delta.json), JSONMember("delta_pct", MetricValue(deltaFraction).json),
    ]
    if isUnchanged { members.append(JSONMember("unchanged", true)) }
    if !flags.isEmpty {
      members.append(JSONMember("flags", .array(flags.map { .string($0.rawValue) })))
    }
    return JSONValue.object(members).canonical
  }
}

extension PortfolioImpact {
  fileprivate func json(where isShown: (MetricImpact) -> Bool) -> JSONValue {
    .object(metrics.filter(isShown).map { JSONMember($0.name, $0.json) })
  }

  fileprivate func riskJSON(_ side: KeyPath<MetricImpact, MetricValue>) -> JSONValue {
    let groups: Set<MetricGroup> = [.risk, .factor, .greeks, .history]
    return .object(
      metrics.filter { groups.contains($0.group) }
        .map { JSONMember($0.name, $0[keyPath: side].json) })
  }

  fileprivate var factorJSON: JSONValue {
    var factors: [(name: String, members: [JSONMember])] = []
    for metric in metrics where metric.group == .factor {
      // factor.<factor>.exposure_value: a factor's id may have dots of its own.
      guard let last = metric.name.lastIndex(of: "."), let first = metric.name.firstIndex(of: "."),
        first < last
      else { continue }
      let factor = String(metric.name[metric.name.index(after: first)..<last])
      let member = JSONMember(
        String(metric.name[metric.name.index(after: last)...]), metric.json)
      if factors.last?.name == factor {
        factors[factors.count - 1].members.append(member)
      } else {
        factors.append((factor, [member]))
      }
    }
    return .object(factors.map { JSONMember($0.name, .object($0.members)) })
  }

  fileprivate func marginalsJSON(_ changes: [ModelChange]) -> JSONValue {
    .array(
      zip(changes, marginals ?? []).map { change, marginal in
        let moved = zip(metrics, marginal.deltas).filter { metric, delta in
          delta != delta.zero || delta == .unknown && metric.delta != .unknown
        }
        return .object([
          JSONMember("change_no", .number(JSONNumber(Int64(change.number)))),
          JSONMember("change_type", .string(change.type.rawValue)),
          JSONMember("metrics", .object(moved.map { JSONMember($0.name, $1.json) })),
        ])
      })
  }
}
