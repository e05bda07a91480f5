import Events
import ExactNumbers

/// One of the words of an enumeration of the catalogue, in any case.
///
/// - Throws: ``CommandFailure`` that lists the words.
func wordArgument<Word: PayloadEnumeration>(
  _ text: String, of name: String, as type: Word.Type = Word.self
) throws(CommandFailure) -> Word {
  guard
    let word = Word.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() })
  else {
    throw .usage(
      """
      '\(text)' is no \(name): expected one of \
      \(Word.allCases.map(\.rawValue).joined(separator: ", "))
      """)
  }
  return word
}

/// A date on the command line that is not a time.
///
/// - Throws: ``CommandFailure`` for one that the calendar does not have.
func dateArgument(_ text: String, of name: String) throws(CommandFailure) -> CivilDate {
  guard let date = CivilDate(text) else {
    throw .usage("'\(text)' of \(name) is not a date: expected a day of the calendar, 2025-06-30")
  }
  return date
}

/// A whole number on the command line.
func integerArgument(_ text: String, of name: String) throws(CommandFailure) -> Int64 {
  guard let value = try DecimalArgument(text).value.integerValue else {
    throw .badNumber("'\(text)' of \(name) is not a whole number")
  }
  return value
}

func symbolArgument(_ text: String) -> Symbol { Symbol(normalizing: text.uppercased()) }

extension Optional<String> {
  /// The decimal that was given, if one was.
  func decimalArgument() throws(CommandFailure) -> ExactDecimal? {
    guard let self else { return nil }
    return try DecimalArgument(self).value
  }
}
