import Records
import Synchronization

/// Tells on standard error how far something has come, once it takes longer than a second.
///
/// On a terminal a bar that is drawn over itself; else a line every few seconds; with ndjson a
/// `status` message instead.
final class Progress: Sendable {
  enum Form: Hashable, Sendable { case bar, lines, messages, silent }

  private struct State {
    let started: Double
    var shown: Double
    var done = 0
    var hasShown = false
  }

  private static let secondsBeforeFirst = 1.0
  private let label: String
  private let unit: String
  private let total: Int?
  private let form: Form
  private let now: @Sendable () -> Double
  private let write: @Sendable (String) -> Void
  private let state: Mutex<State>

  /// - Parameters:
  ///   - label: What is being done: `importing`.
  ///   - unit: What is counted: `bytes`.
  ///   - total: Null where nobody knows how much there is.
  ///   - now: Seconds of a clock that only runs forward.
  init(
    _ label: String, unit: String, total: Int?, form: Form,
    now: @escaping @Sendable () -> Double = Terminal.monotonicSeconds,
    write: @escaping @Sendable (String) -> Void = Terminal.writeError
  ) {
    self.label = label
    self.unit = unit
    self.total = total
    self.form = form
    self.now = now
    self.write = write
    let started = now()
    state = Mutex(State(started: started, shown: started))
  }

  /// - Parameter done: How much has been done in all.
  func update(_ done: Int) {
    if form == .silent { return }
    let time = now()
    let text = state.withLock { state -> String? in
      state.done = done
      let pause = state.hasShown ? secondsBetween : Self.secondsBeforeFirst
      guard time - state.shown >= pause else { return nil }
      state.shown = time
      state.hasShown = true
      return rendered(done, seconds: time - state.started)
    }
    if let text { write(text) }
  }

  /// The last word: clears the bar. Says nothing where nothing was said before.
  func finish() {
    let hasShown = state.withLock { $0.hasShown }
    if hasShown, form == .bar { write("\r\u{1B}[2K") }
  }

  private var secondsBetween: Double { form == .bar ? 0.1 : 3 }

  private func rendered(_ done: Int, seconds: Double) -> String {
    let rate = seconds > 0 ? Int(Double(done) / seconds) : 0
    var secondsLeft: Int?
    if let total, rate > 0, done <= total { secondsLeft = (total - done) / rate }
    if form == .messages {
      func number(_ value: Int?) -> JSONValue {
        value.map { .number(JSONNumber(Int64($0))) } ?? .null
      }
      let message: JSONValue = [
        "message_type": "status", "action": .string(label), "unit": .string(unit),
        "done": number(done), "total": number(total), "seconds_elapsed": number(Int(seconds)),
        "seconds_remaining": number(secondsLeft),
      ]
      return message.compactText + "\n"
    }
    var text = "\(label): \(grouped(done))"
    if let total, total > 0 {
      text += " of \(grouped(total)) \(unit) (\(min(100, done * 100 / total)) %)"
    } else {
      text += " \(unit)"
    }
    text += ", \(grouped(rate))/s"
    if let secondsLeft { text += ", \(duration(secondsLeft)) left" }
    guard form == .bar else { return text + "\n" }
    let room = Terminal.width - text.count - 4
    if let total, total > 0, room >= 10 {
      let width = min(room, 30)
      let filled = min(width, done * width / total)
      text +=
        " [" + String(repeating: "=", count: filled)
        + String(repeating: " ", count: width - filled) + "]"
    }
    return "\r\u{1B}[2K" + text
  }

  private func duration(_ seconds: Int) -> String {
    seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }
}

/// A count for people, in groups of three: `1 234 567`.
func grouped(_ count: Int) -> String {
  var text = ""
  let digits = String(count.magnitude)
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text += " " }
    text.append(digit)
  }
  return count < 0 ? "-" + text : text
}

/// A count with what is counted: `1 block`, `2 blocks`.
func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  "\(grouped(count)) \(count == 1 ? noun : plural ?? noun + "s")"
}
