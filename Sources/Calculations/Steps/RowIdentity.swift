internal import Crypto

/// Ids of calculated rows, made of their keys.
enum RowIdentity {
  /// A UUID of version 5 (RFC 9562, section 5.5) of a name in the namespace of URLs.
  ///
  /// Version 5 hashes with SHA-1, which is no proof of anything; nothing here relies on it.
  static func uuid5(url name: String) -> String {
    var hash = Insecure.SHA1()
    hash.update(data: urlNamespace)
    hash.update(data: Array(name.utf8))
    var bytes = Array(hash.finalize().prefix(16))
    bytes[6] = 0x50 | bytes[6] & 0x0F
    bytes[8] = 0x80 | bytes[8] & 0x3F
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return text
  }

  /// 6ba7b811-9dad-11d1-80b4-00c04fd430c8.
  private static let urlNamespace: [UInt8] = [
    0x6B, 0xA7, 0xB8, 0x11, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
  ]
}
