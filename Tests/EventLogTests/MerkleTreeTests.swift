import EventLog
import TestSupport
import Testing

/// The test vectors of Certificate Transparency: `merkle_tree_test.cc` of
/// google/certificate-transparency, `merkletree_test.go` of transparency-dev/merkle.
private enum Vectors {
  static let leaves: [[UInt8]] = [
    [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
    [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    [
      0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E,
      0x6F,
    ],
  ]

  /// The root of the first 0, 1, 2 … 8 leaves.
  static let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]

  struct Proof: CustomTestStringConvertible {
    /// The leaf's index, or the number of leaves of the older tree.
    let of: Int
    let count: Int
    let hashes: [String]
    var testDescription: String { "\(of) in \(count)" }
  }

  static let inclusion = [
    Proof(of: 0, count: 1, hashes: []),
    Proof(
      of: 0, count: 8,
      hashes: [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ]),
    Proof(
      of: 5, count: 8,
      hashes: [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ]),
    Proof(
      of: 2, count: 3,
      hashes: ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    Proof(
      of: 1, count: 5,
      hashes: [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ]),
  ]

  static let consistency = [
    Proof(of: 1, count: 1, hashes: []),
    Proof(
      of: 1, count: 8,
      hashes: [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ]),
    Proof(
      of: 6, count: 8,
      hashes: [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ]),
    Proof(
      of: 2, count: 5,
      hashes: [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ]),
  ]

  static let hashes = leaves.map(MerkleTree.leafHash)
}

@Suite struct MerkleTrees {
  @Test("roots of 0 to 8 leaves are those of Certificate Transparency", arguments: 0...8)
  func roots(count: Int) {
    let hashes = Array(Vectors.hashes.prefix(count))
    #expect(MerkleTree.root(of: hashes).description == Vectors.roots[count])
  }

  @Test("inclusion proofs are those of Certificate Transparency", arguments: Vectors.inclusion)
  fileprivate func inclusion(_ known: Vectors.Proof) throws {
    let hashes = Array(Vectors.hashes.prefix(known.count))
    let proof = MerkleTree.inclusionProof(of: known.of, in: hashes)
    #expect(proof.map(\.description) == known.hashes)
    let root = try #require(Digest(hex: Vectors.roots[known.count]))
    #expect(
      MerkleTree.verifyInclusion(
        leafHash: hashes[known.of], index: UInt64(known.of), count: UInt64(known.count),
        proof: proof, root: root))
  }

  @Test("consistency proofs are those of Certificate Transparency", arguments: Vectors.consistency)
  fileprivate func consistency(_ known: Vectors.Proof) throws {
    let hashes = Array(Vectors.hashes.prefix(known.count))
    let proof = MerkleTree.consistencyProof(from: known.of, in: hashes)
    #expect(proof.map(\.description) == known.hashes)
    let oldRoot = try #require(Digest(hex: Vectors.roots[known.of]))
    let newRoot = try #require(Digest(hex: Vectors.roots[known.count]))
    #expect(
      MerkleTree.verifyConsistency(
        oldCount: UInt64(known.of), oldRoot: oldRoot, newCount: UInt64(known.count),
        newRoot: newRoot, proof: proof))
  }

  @Test("a proof proves its own leaf at its own place, and nothing else", arguments: 1...18)
  func inclusionIsExact(count: Int) {
    let hashes = (0..<count).map { MerkleTree.leafHash([UInt8($0)]) }
    let root = MerkleTree.root(of: hashes)
    for index in 0..<count {
      let proof = MerkleTree.inclusionProof(of: index, in: hashes)
      func verify(
        _ leaf: Int, at place: Int, of size: Int, _ proof: [Digest], _ root: Digest
      ) -> Bool {
        MerkleTree.verifyInclusion(
          leafHash: hashes[leaf], index: UInt64(place), count: UInt64(size), proof: proof,
          root: root)
      }
      #expect(verify(index, at: index, of: count, proof, root))
      for other in 0..<count where other != index {
        #expect(!verify(other, at: index, of: count, proof, root))
        #expect(!verify(index, at: other, of: count, proof, root))
      }
      #expect(!verify(index, at: count, of: count, proof, root))
      #expect(!verify(index, at: index, of: count, proof + [root], root))
      #expect(!verify(index, at: index, of: count, proof, MerkleTree.emptyRoot))
      for dropped in proof.indices {
        var shorter = proof
        shorter.remove(at: dropped)
        #expect(!verify(index, at: index, of: count, shorter, root))
        var wrong = proof
        wrong[dropped] = MerkleTree.emptyRoot
        #expect(!verify(index, at: index, of: count, wrong, root))
      }
    }
  }

  @Test("an older tree is proved to be the beginning, and no other tree is", arguments: 1...18)
  func consistencyIsExact(count: Int) {
    let hashes = (0..<count).map { MerkleTree.leafHash([UInt8($0)]) }
    let root = MerkleTree.root(of: hashes)
    for old in 0...count {
      let oldRoot = MerkleTree.root(of: Array(hashes.prefix(old)))
      let proof = MerkleTree.consistencyProof(from: old, in: hashes)
      func verify(
        _ old: Int, _ oldRoot: Digest, _ new: Int, _ newRoot: Digest, _ proof: [Digest]
      ) -> Bool {
        MerkleTree.verifyConsistency(
          oldCount: UInt64(old), oldRoot: oldRoot, newCount: UInt64(new), newRoot: newRoot,
          proof: proof)
      }
      let other = MerkleTree.leafHash([0xFF])
      #expect(verify(old, oldRoot, count, root, proof))
      #expect(!verify(old, other, count, root, proof))
      #expect(!verify(old, oldRoot, count, root, proof + [other]))
      #expect(!verify(count + 1, oldRoot, count, root, proof))
      if old > 0 { #expect(!verify(old, oldRoot, count, other, proof)) }
      for index in proof.indices {
        var wrong = proof
        wrong[index] = other
        #expect(!verify(old, oldRoot, count, root, wrong))
      }
    }
  }

  @Test("a frontier that is stored and taken up again grows to the same root")
  func frontier() throws {
    var whole = MerkleTree.Frontier()
    for number in 0..<40 {
      var resumed = try #require(
        MerkleTree.Frontier(count: whole.count, subtrees: whole.subtrees))
      let leaf = MerkleTree.leafHash([UInt8(number)])
      whole.append(leaf)
      resumed.append(leaf)
      #expect(resumed == whole)
      #expect(
        whole.root == MerkleTree.root(of: (0...number).map { MerkleTree.leafHash([UInt8($0)]) }))
      #expect(MerkleTree.Frontier(count: whole.count, subtrees: whole.subtrees + [leaf]) == nil)
    }
  }
}

@Suite struct Digests {
  @Test("SHA-256 of the FIPS 180-2 examples, and hexadecimal there and back")
  func known() throws {
    let digest = Digest.sha256(Array("abc".utf8))
    let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(digest.description == text)
    #expect(Digest(hex: text) == digest)
    #expect(Digest(hex: text.uppercased()) == digest)
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(Digest(hex: String(text.dropLast())) == nil)
    #expect(Digest(hex: "g" + text.dropFirst()) == nil)
    #expect(Digest(bytes: digest.bytes.dropLast()) == nil)
  }

  @Test("a checksum is the first eight bytes of SHA-256, little-endian")
  func checksum() {
    #expect(Checksum.of(Array("abc".utf8)) == 0xEACF_018F_BF16_78BA)
    #expect(Checksum.ofID("abc") == 0xEACF_018F_BF16_78BA)
    let bytes = [UInt8](0..<32)
    var zeroed = bytes
    for index in 8..<16 { zeroed[index] = 0 }
    #expect(Checksum.of(bytes, zeroingEightAt: 8) == Checksum.of(zeroed))
    #expect(Checksum.of(bytes[4...], zeroingEightAt: 8) == Checksum.of(zeroed[4...]))
  }

  @Test("logs differ by book, branch and generation")
  func identities() {
    let one = LogIdentity(book: "b", branch: "main")
    #expect(one.bytes.count == 16)
    #expect(one == LogIdentity(book: "b", branch: "main", generation: 0))
    #expect(one != LogIdentity(book: "b", branch: "main", generation: 1))
    #expect(one != LogIdentity(book: "bm", branch: "ain"))
    #expect(LogIdentity(bytes: one.bytes) == one)
    #expect(LogIdentity(bytes: [1, 2]) == nil)
    // SHA-256("foldbook-log\0b\0main\0" and four zero bytes), first half, worked out with sha256sum.
    #expect(one.description == "8965792e1e4e3c41490216ab2b0aa098")
  }
}
