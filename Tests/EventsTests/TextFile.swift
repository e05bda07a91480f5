import Glibc

struct FileError: Error, CustomStringConvertible {
  let path: String
  let errorNumber: Int32
  var description: String { "\(path): \(String(cString: strerror(errorNumber)))" }
}

func readText(_ path: String) throws -> String {
  guard let file = fopen(path, "rb") else { throw FileError(path: path, errorNumber: errno) }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
    bytes += buffer[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}
