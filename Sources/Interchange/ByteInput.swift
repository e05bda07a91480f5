#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Bytes that come in from outside, a piece at a time: a file, standard input, or memory.
///
/// A class because it owns a file descriptor and a place in it. It is used by one task at a time.
public final class ByteInput {
  /// What messages call this input: the path as given, or `standard input`.
  public let name: String
  /// The size of a regular file in bytes; null for a pipe or a terminal.
  public let sizeInBytes: Int?
  /// How many bytes have been handed out so far.
  public private(set) var offset = 0

  private let descriptor: CInt?
  private let chunkBytesMax: Int
  private var memory: ArraySlice<UInt8>
  private var peeked: [UInt8] = []

  /// Opens a file; `-` is standard input.
  ///
  /// - Throws: ``InputError/cannotOpen(name:errno:)``.
  public init(path: String, chunkBytesMax: Int = 256 * 1024) throws(InputError) {
    precondition(chunkBytesMax > 0, "a chunk holds at least one byte")
    self.chunkBytesMax = chunkBytesMax
    memory = []
    if path == "-" {
      name = "standard input"
      descriptor = STDIN_FILENO
    } else {
      name = path
      let opened = open(path, O_RDONLY | O_CLOEXEC)
      guard opened >= 0 else { throw .cannotOpen(name: path, errno: errno) }
      descriptor = opened
    }
    var status = stat()
    let isRegular =
      descriptor.map { fstat($0, &status) == 0 && status.st_mode & S_IFMT == S_IFREG } ?? false
    sizeInBytes = isRegular ? Int(status.st_size) : nil
    if status.st_mode & S_IFMT == S_IFDIR { throw .cannotOpen(name: path, errno: EISDIR) }
  }

  /// Bytes that are in memory already, handed out in chunks of the given size.
  ///
  /// - Parameter isSizeKnown: False for what came through a pipe.
  public init(
    bytes: [UInt8], name: String, chunkBytesMax: Int = 256 * 1024, isSizeKnown: Bool = true
  ) {
    precondition(chunkBytesMax > 0, "a chunk holds at least one byte")
    self.name = name
    self.chunkBytesMax = chunkBytesMax
    descriptor = nil
    memory = bytes[...]
    sizeInBytes = isSizeKnown ? bytes.count : nil
  }

  deinit {
    if let descriptor, descriptor != STDIN_FILENO { _ = close(descriptor) }
  }

  /// The next bytes without taking them: `count` of them, or fewer where the input is shorter.
  public func peek(_ count: Int) throws(InputError) -> ArraySlice<UInt8> {
    while peeked.count < count {
      let more = try readChunk()
      if more.isEmpty { break }
      peeked += more
    }
    return peeked.prefix(count)
  }

  /// The next bytes, as many as are there at once; waits for at least one. Empty at the end.
  public func next() throws(InputError) -> [UInt8] {
    var bytes = peeked
    peeked = []
    if bytes.isEmpty { bytes = try readChunk() }
    offset += bytes.count
    return bytes
  }

  private func readChunk() throws(InputError) -> [UInt8] {
    guard let descriptor else {
      let chunk = memory.prefix(chunkBytesMax)
      memory = memory.dropFirst(chunk.count)
      return Array(chunk)
    }
    var failure: CInt = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: chunkBytesMax) { buffer, count in
      var got = read(descriptor, buffer.baseAddress, buffer.count)
      while got < 0, errno == EINTR { got = read(descriptor, buffer.baseAddress, buffer.count) }
      if got < 0 { failure = errno }
      count = max(0, got)
    }
    guard failure == 0 else { throw .cannotRead(name: name, errno: failure, offset: offset) }
    return chunk
  }
}

/// What the operating system calls an error number.
func errorText(_ number: CInt) -> String { String(cString: strerror(number)) }
