internal import Events
internal import ExactNumbers
internal import Records

/// A number of a position of which a split leaves nothing at eight places.
struct Vanished {
  enum Number {
    case entryPrice, quantity
    case exit(ExitID)
  }

  let number: Number
  /// What it was as given.
  let given: ExactDecimal
  let split: Split
}

extension PositionWalk {
  /// The first of quantity, entry price and the exits' quantities that is 0 at the time reached.
  ///
  /// As given, none of them is.
  ///
  /// - Parameter split: The last one passed.
  func vanished(after split: Split) throws(NumberError) -> Vanished? {
    if entered.isZero {
      return Vanished(number: .quantity, given: entry.quantity, split: split)
    }
    if try entryPrice().isZero {
      return Vanished(number: .entryPrice, given: entry.price, split: split)
    }
    guard let exit = exits.first(where: \.quantity.isZero)?.exit else { return nil }
    return Vanished(number: .exit(exit.id), given: exit.fact.quantity, split: split)
  }
}

extension Judge {
  func nothingLeft(_ vanished: Vanished, _ id: PositionID) -> RuleError {
    let what =
      switch vanished.number {
      case .entryPrice: "the entry price"
      case .quantity: "the quantity"
      case .exit(newExit): "the exit's quantity"
      case .exit(let exit): "the quantity of exit \(quoted(exit.rawValue))"
      }
    let split = vanished.split
    let isThisSplit = split.stamp.sequence == stamp.sequence
    return refuse(
      .roundsToZero,
      "of \(what) of position \(quoted(id.rawValue)), \(vanished.given), "
        + (isThisSplit ? "this split" : "the split \(split.ratio) (\(place(split.stamp)))")
        + " leaves nothing",
      expected: "at least 0.00000001 in the units of every time", found: "0",
      remedy: isThisSplit
        ? "check ratio and denominator, or correct or void what is so small first"
        : "give a larger number, or restate that split first where it is wrong")
  }
}
