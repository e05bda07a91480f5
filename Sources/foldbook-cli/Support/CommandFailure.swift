import Events
import Interchange
import Records

/// An error as the command line ends with it: a status for scripts, a stable code, a message that
/// says what, where, what was expected and found, and what to do.
struct CommandFailure: Error, Hashable {
  var status: ExitStatus
  var code: String
  var message: String

  init(_ status: ExitStatus, code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  static func usage(_ message: String) -> CommandFailure {
    CommandFailure(.usage, code: "FB-CLI-001", message)
  }

  /// A number that cannot be read, or is none that is meant there.
  static func badNumber(_ message: String) -> CommandFailure {
    CommandFailure(.badData, code: "FB-CLI-004", message)
  }
}

extension CommandFailure {
  /// How an error of the reading and writing of files ends a command; null for any other error.
  static func interchange(_ error: any Error) -> CommandFailure? {
    switch error {
    case let error as CommandFailure: error
    case let error as InputError:
      CommandFailure(status(of: error), code: error.code, "\(error)")
    case let error as CSVError:
      if case .input(let cause) = error {
        CommandFailure(status(of: cause), code: cause.code, "\(cause)")
      } else {
        CommandFailure(.badData, code: error.code, "\(error)")
      }
    case let error as FormatError:
      if case .input(let cause) = error {
        CommandFailure(status(of: cause), code: cause.code, "\(cause)")
      } else {
        CommandFailure(.badData, code: error.code, "\(error)")
      }
    case let error as OutputError:
      if case .cannotCreate = error {
        CommandFailure(.cannotCreate, code: error.code, "\(error)")
      } else {
        CommandFailure(.inputOutput, code: error.code, "\(error)")
      }
    case let error as EventError: CommandFailure(.badData, code: error.code, "\(error)")
    case let error as JSONError: CommandFailure(.badData, code: error.code, "\(error)")
    default: nil
    }
  }

  private static func status(of error: InputError) -> ExitStatus {
    switch error {
    case .cannotOpen(_, let number): number == permissionDenied ? .notPermitted : .missing
    case .cannotRead: .inputOutput
    case .lineTooLong, .invalidUTF8, .utf16: .badData
    }
  }
}
