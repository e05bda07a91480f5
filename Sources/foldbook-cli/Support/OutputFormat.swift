import ArgumentParser

/// The form of an answer.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  case table, json, ndjson, csv, md

  /// Standard output holds JSON only, and so does the last line of standard error when it fails.
  var isJSON: Bool { self == .json || self == .ndjson }
}

extension ColorChoice: ExpressibleByArgument {}
