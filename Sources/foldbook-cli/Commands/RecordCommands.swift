import ArgumentParser

extension FoldbookCommand {
  /// Commands that append events.
  static let recordCommands: [any ParsableCommand.Type] = [
    EnterCommand.self, ExitCommand.self, CorrectCommand.self, VoidCommand.self, TagCommand.self,
    CashCommand.self, PriceCommand.self, PortfolioCommand.self, AppendCommand.self,
  ]
}
