import Foundation

// kernels NAME LENGTH REPETITIONS INPUT OUTPUT
//
// INPUT and OUTPUT hold little-endian doubles, column after column. Prints one line of JSON: the
// number of answers a repetition gives, and for each repetition the processor and the wall seconds.

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("kernels: \(message)\n".utf8))
  exit(64)
}

let arguments = CommandLine.arguments.dropFirst().map { $0 }
guard arguments.count == 5, let kernel = Kernel(rawValue: arguments[0]),
  let length = Int(arguments[1]), length > 0, let repetitions = Int(arguments[2]), repetitions > 0
else {
  let names = Kernel.allCases.map(\.rawValue).joined(separator: "|")
  fail("usage: kernels \(names) LENGTH REPETITIONS INPUT OUTPUT")
}

/// Seconds that this process has had of a processor: what another's load does not lengthen.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

do {
  let bytes = try Data(contentsOf: URL(filePath: arguments[3]))
  let numbers = bytes.withUnsafeBytes { raw in
    (0..<(raw.count / 8)).map { raw.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self) }
  }
  guard numbers.count.isMultiple(of: length), numbers.count > length else {
    fail("\(arguments[3]) does not hold columns of \(length) doubles")
  }
  var run = kernel.prepare(numbers, length: length)
  try run.repeatOnce()
  var processor: [Double] = []
  var wall: [Double] = []
  let clock = ContinuousClock()
  for _ in 0..<repetitions {
    let started = clock.now
    let before = processorSeconds()
    try run.repeatOnce()
    processor.append(processorSeconds() - before)
    wall.append((clock.now - started) / .seconds(1))
  }
  try run.answers.withUnsafeBytes { try Data($0).write(to: URL(filePath: arguments[4])) }
  print(#"{"count":\#(run.count),"processor_seconds":\#(processor),"wall_seconds":\#(wall)}"#)
} catch {
  fail("\(error)")
}
