import Analytics
import Foundation
import TestSupport

/// QuantLib, run by Python on a file of options (`tools/judges/quantlib_options.py`).
enum QuantLibJudge {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardizedFileURL.path

  /// A Python that can import QuantLib: the one that `tools/judges/install` makes, else the system's.
  private static let python: String? = {
    let made = root + "/.build/judges/bin/python3"
    let given = ProcessInfo.processInfo.environment["FOLDBOOK_JUDGES_PYTHON"]
    return [given, made, "python3"].compactMap { $0 }.first { python in
      (try? run(python, "-c", "import QuantLib")) == 0
    }
  }()

  static var isInstalled: Bool { python != nil }

  /// The options of one underlying on 2014-06-06, where the reference data lies.
  static let chainPath: String? = {
    let given = ProcessInfo.processInfo.environment["FOLDBOOK_REFERENCE"]
    let path =
      (given ?? root + "/../shared/reference") + "/market/lean/options_aapl_2014-06-06.csv"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  /// What is asked of one option; its volatility in `inputs` is not read where `volatility` is nil.
  struct Question {
    var inputs: OptionInputs
    var days: Int
    var price: Double?
    var volatility: Double?
    var american = false
  }

  /// - Returns: a row for each question, in their order.
  static func answers(_ questions: [Question]) throws -> [ReferenceVectors.Row] {
    guard let python else { return [] }
    let folder = try TemporaryFolder()
    var text = "id,type,spot,strike,days,rate,div_yield,price,vol,american\n"
    for (index, question) in questions.enumerated() {
      let inputs = question.inputs
      let cells: [any CustomStringConvertible] = [
        index, inputs.side.rawValue, inputs.spot, inputs.strike, question.days, inputs.rate,
        inputs.dividendYield, question.price.map { "\($0)" } ?? "",
        question.volatility.map { "\($0)" } ?? "", question.american ? "1" : "",
      ]
      text += cells.map(\.description).joined(separator: ",") + "\n"
    }
    let (input, output) = (folder.path + "/questions.csv", folder.path + "/answers.csv")
    try text.write(toFile: input, atomically: false, encoding: .utf8)
    let status = try run(python, root + "/tools/judges/quantlib_options.py", input, output)
    guard status == 0 else { throw Failure(status: status) }
    return try ReferenceVectors(path: output).rows
  }

  struct Failure: Error {
    var status: Int32
  }

  private static func run(_ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
