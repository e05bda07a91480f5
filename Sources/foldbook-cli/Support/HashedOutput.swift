import Crypto
import Interchange

/// Bytes that go out, counted and hashed on their way.
struct HashedOutput {
  private let output: ByteOutput
  private var hash = SHA256()

  /// - Parameter path: Null for standard output.
  init(path: String?) throws { output = try ByteOutput(path: path ?? "-") }

  var byteCount: Int { output.byteCount }

  mutating func write(_ bytes: [UInt8]) throws {
    hash.update(data: bytes)
    try output.write(bytes)
  }

  mutating func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Completes the output.
  ///
  /// - Returns: The SHA-256 of all of it.
  mutating func finish() throws -> String {
    try output.finish()
    return hash.hexText
  }
}

/// The SHA-256 of bytes that come in pieces, which are not kept.
struct DumpHash {
  private var hash = SHA256()
  mutating func add(_ bytes: [UInt8]) { hash.update(data: bytes) }
  var hexText: String { hash.hexText }
}

extension SHA256 {
  /// 64 lower-case hexadecimal digits.
  fileprivate var hexText: String {
    finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
