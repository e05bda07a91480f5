import ArgumentParser

extension FoldbookCommand {
  static let importCommands: [any ParsableCommand.Type] = [
    ImportCommand.self, BatchCommand.self,
  ]
  static let lookCommands: [any ParsableCommand.Type] = [
    PositionsCommand.self, GreeksCommand.self, FactorsCommand.self, CorrelationsCommand.self,
    RiskCommand.self, StressCommand.self, ShortsCommand.self, SnapshotsCommand.self,
    AttributionCommand.self, LogCommand.self, ShowCommand.self, DiffCommand.self,
    SQLCommand.self, ReferenceCommand.self,
  ]
  static let modelCommands: [any ParsableCommand.Type] = [
    BranchCommand.self, ModelCommand.self,
  ]
  static let trustCommands: [any ParsableCommand.Type] = [VerifyCommand.self]
  static let upkeepCommands: [any ParsableCommand.Type] = [ProjectCommand.self, SealCommand.self]
  static let outCommands: [any ParsableCommand.Type] = [
    ExportCommand.self, SchemaCommand.self, CompletionCommand.self, VersionCommand.self,
  ]
}
