import ArgumentParser
import ExactNumbers

/// An exact decimal on the command line. A true minus sign counts as a hyphen.
struct DecimalArgument: Hashable, Sendable {
  let value: ExactDecimal

  /// - Throws: ``CommandFailure`` that says what is wrong with the digits.
  init(_ text: String) throws(CommandFailure) {
    let plain = text.first == "\u{2212}" ? "-" + text.dropFirst() : text
    do throws(NumberError) {
      value = try ExactDecimal(plain)
    } catch {
      throw .badNumber("'\(plain)': \(error)")
    }
  }
}
