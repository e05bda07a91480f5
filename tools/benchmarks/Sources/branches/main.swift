import Foundation

// branches FOLDER [--events N,N] [--rounds N] [--siblings N] [--chain N]
//
// Makes books in FOLDER, which must not exist, times forks and what stands beside forks, and prints
// tables in Markdown. It removes the folder at its end.

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("branches: \(message)\n".utf8))
  exit(64)
}

let usage = "usage: branches FOLDER [--events N,N] [--rounds N] [--siblings N] [--chain N]"
var arguments = CommandLine.arguments.dropFirst()[...]
guard let folder = arguments.popFirst(), !folder.hasPrefix("-") else { fail(usage) }
var sizes = [1_000_000, 10_000_000]
var rounds = 25
var siblings = 1_000
var chain = 1_000
while let option = arguments.popFirst() {
  let numbers = (arguments.popFirst() ?? "").split(separator: ",").compactMap { Int($0) }
  guard let number = numbers.first, numbers.allSatisfy({ $0 > 0 }) else { fail(usage) }
  switch option {
  case "--events": sizes = numbers
  case "--rounds": rounds = number
  case "--siblings": siblings = number
  case "--chain": chain = number
  default: fail(usage)
  }
}
guard !FileManager.default.fileExists(atPath: folder) else { fail("\(folder) exists") }

do {
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try Probe(folder: folder, rounds: rounds).print()
  for size in sizes {
    try ForkRun(folder: folder, events: size, rounds: rounds).print()
    // Large books take their time: what is known can be read.
    fflush(nil)
  }
  let events = min(sizes[0], 100_000)
  try SiblingRun(folder: folder, events: events, rounds: rounds, branches: siblings).print()
  try ReadingRun(folder: folder, events: events, rounds: rounds).print()
  try ChainRun(folder: folder, forks: chain, rounds: rounds).print()
} catch {
  fail("\(error)")
}
