internal import Events
internal import Records

extension Event {
  /// The id of what the event makes where its payload names none: the event's own.
  ///
  /// The text of a minted id is the log's to work out, from the record's bytes; here its sequence
  /// stands for it, which is as unique.
  var defaultID: String {
    switch id {
    case .given(let text): text
    case .minted: "#\(sequence.map(\.description) ?? "new")"
    }
  }
}
