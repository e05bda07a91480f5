/// How many columns of a terminal a text takes.
func displayWidth(_ text: String) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.reduce(0) { width, character in
    width + (character.unicodeScalars.contains(where: isWide) ? 2 : 1)
  }
}

/// East Asian wide characters and emoji: Unicode's EastAsianWidth W and F, in blocks.
private func isWide(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
    true
  default: false
  }
}

/// The text without what would move the cursor: control characters are shown as symbols, so that
/// data cannot write elsewhere on the screen.
func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  var shown = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if !isControl(scalar) {
      shown.append(scalar)
    } else if scalar.value < 0x20, let symbol = Unicode.Scalar(0x2400 + scalar.value) {
      shown.append(symbol)
    } else {
      shown.append("\u{FFFD}")
    }
  }
  return String(shown)
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .lineSeparator, .paragraphSeparator: true
  // Marks that turn the direction of writing can make a row read as another.
  case .format: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
  default: false
  }
}
