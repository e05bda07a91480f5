/// Makes negative numbers safe for the argument parser, which takes `-5` for an option.
///
/// The leading hyphen becomes a true minus sign (U+2212), which ``DecimalArgument`` and
/// ``TimeArgument`` read as one. Only a word that is nothing but a number, perhaps with the unit of
/// a relative time, is touched, and none that is the value of an option: those come as they are.
func protectingNegativeNumbers(_ arguments: [String]) -> [String] {
  var isBehindTerminator = false
  var previous = ""
  return arguments.map { argument in
    defer { previous = argument }
    if argument == "--" { isBehindTerminator = true }
    guard !isBehindTerminator, !previous.hasPrefix("-"), isNegativeNumber(argument) else {
      return argument
    }
    return "\u{2212}" + argument.dropFirst()
  }
}

private func isNegativeNumber(_ text: String) -> Bool {
  guard text.utf8.first == 0x2D, let second = text.utf8.dropFirst().first, second &- 0x30 < 10
  else { return false }
  var digits = text.dropFirst()
  if let last = digits.last, "dwmy".contains(last) { digits = digits.dropLast() }
  return digits.utf8.allSatisfy { $0 &- 0x30 < 10 || $0 == 0x2E }
}
