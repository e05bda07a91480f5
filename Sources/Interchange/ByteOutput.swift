#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Bytes that go out, buffered: to a file or to standard output.
///
/// A file appears under its name only when it is complete, so that nobody reads half of one and a
/// failed export leaves the old one in place. A class because it owns a descriptor; it is used by
/// one task at a time.
public final class ByteOutput {
  /// What messages call this output.
  public let name: String
  /// How many bytes have been handed in.
  public private(set) var byteCount = 0

  private static let bufferBytesMax = 64 * 1024

  private let path: String?
  private let temporaryPath: String?
  private var descriptor: CInt
  private var buffer: [UInt8] = []

  /// - Parameter path: A file to create or replace; `-` is standard output.
  /// - Throws: ``OutputError/cannotCreate(name:errno:)``.
  public init(path: String) throws(OutputError) {
    if path == "-" {
      name = "standard output"
      self.path = nil
      temporaryPath = nil
      descriptor = STDOUT_FILENO
      return
    }
    name = path
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR {
      throw .cannotCreate(name: path, errno: EISDIR)
    }
    // A device or a named pipe is written to as it is: it cannot be replaced by renaming.
    let isReplaced = !exists || status.st_mode & S_IFMT == S_IFREG
    self.path = path
    temporaryPath = isReplaced ? "\(path).incomplete-\(getpid())" : nil
    descriptor = open(temporaryPath ?? path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .cannotCreate(name: path, errno: errno) }
  }

  deinit {
    guard path != nil, descriptor >= 0 else { return }
    _ = close(descriptor)
    if let temporaryPath { _ = unlink(temporaryPath) }
  }

  public func write(_ bytes: some Sequence<UInt8>) throws(OutputError) {
    let before = buffer.count
    buffer += bytes
    byteCount += buffer.count - before
    if buffer.count >= Self.bufferBytesMax { try flush() }
  }

  public func write(_ text: String) throws(OutputError) { try write(text.utf8) }

  /// Hands on what is buffered.
  public func flush() throws(OutputError) {
    var failure: CInt = 0
    buffer.withUnsafeBufferPointer { bytes in
      var done = 0
      while done < bytes.count {
        let count = systemWrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        if count < 0 {
          failure = errno
          return
        }
        done += count
      }
    }
    guard failure == 0 else { throw .cannotWrite(name: name, errno: failure) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Completes the output; a file is on disk under its name afterwards. Nothing may follow.
  public func finish() throws(OutputError) {
    try flush()
    guard let path else { return }
    guard let temporaryPath else {
      _ = close(descriptor)
      descriptor = -1
      return
    }
    guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else {
      throw .cannotWrite(name: name, errno: errno)
    }
    _ = close(descriptor)
    descriptor = -1
  }
}

/// `write(2)`, which the methods of the same name would hide.
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

/// Why bytes could not be written out.
public enum OutputError: Error, Hashable, Sendable {
  case cannotCreate(name: String, errno: Int32)
  case cannotWrite(name: String, errno: Int32)
}

extension OutputError: CustomStringConvertible {
  /// Stable: what scripts and the documentation refer to.
  public var code: String {
    switch self {
    case .cannotCreate: "FB-OUTPUT-001"
    case .cannotWrite: "FB-OUTPUT-002"
    }
  }

  public var description: String {
    switch self {
    case .cannotCreate(let name, let number): "cannot create \(name): \(errorText(number))"
    case .cannotWrite(let name, let number): "cannot write to \(name): \(errorText(number))"
    }
  }
}
