#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

let permissionDenied = EACCES
let operationNotPermitted = EPERM
let brokenPipe = EPIPE

/// What the program knows of the streams it writes to.
enum Terminal {
  static var isOutputATerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var isErrorATerminal: Bool { isatty(STDERR_FILENO) == 1 }
  static var isInputATerminal: Bool { isatty(STDIN_FILENO) == 1 }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Columns of the terminal that standard error is shown on; 80 where that is not known.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes to standard error at once. That nobody reads it is no reason to stop.
  static func writeError(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = write(STDERR_FILENO, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return }
        done += count
      }
    }
  }

  static func exit(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
  }

  /// Seconds of a clock that only runs forward.
  static func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Nanoseconds since 1970, for times like `yesterday`.
  static func nanosecondsSinceEpoch() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Ends the program when it is interrupted, saying so. Nothing has to be undone: what was not
  /// acknowledged is not in the log, and the next opening cuts off what was half written.
  static func endWhenInterrupted() {
    signal(SIGINT) { _ in
      let message: StaticString = "\ninterrupted; the log is intact\n"
      _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
      _exit(ExitStatus.interrupted.rawValue)
    }
    // A reader that goes away (`| head`) shows as an error of the write.
    signal(SIGPIPE, SIG_IGN)
  }
}

/// Whether output is coloured.
enum ColorChoice: String, CaseIterable {
  case auto, always, never

  /// - Parameter isTerminal: Of the stream that would be coloured.
  func isOn(
    isTerminal: Bool, environment: (String) -> String? = Terminal.environment
  ) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      isTerminal && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
    }
  }
}

/// Escape sequences, or nothing where there is no colour. Colour is never the only signal.
struct Style {
  var isColored: Bool

  func bold(_ text: String) -> String { wrapped(text, "1") }
  func faint(_ text: String) -> String { wrapped(text, "2") }
  func red(_ text: String) -> String { wrapped(text, "31") }
  func yellow(_ text: String) -> String { wrapped(text, "33") }

  private func wrapped(_ text: String, _ sequence: String) -> String {
    isColored ? "\u{1B}[\(sequence)m\(text)\u{1B}[0m" : text
  }
}
