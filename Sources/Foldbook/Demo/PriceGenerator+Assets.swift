import Events

extension PriceGenerator {
  /// What has generated prices: the factor proxies and every stock and fund of the demo portfolios.
  public static let assets: [Asset] = [
    fund("SPY", "SPDR S&P 500 ETF", beta: 1.00, noise: 0.0002, 530),
    fund("MTUM", "iShares MSCI USA Momentum Factor ETF", beta: 1.05, noise: 0.0040, 160),
    fund("VTV", "Vanguard Value ETF", beta: 0.85, noise: 0.0030, 150),
    fund("VUG", "Vanguard Growth ETF", beta: 1.15, noise: 0.0035, 315),
    fund("QUAL", "iShares MSCI USA Quality Factor ETF", beta: 0.98, noise: 0.0020, 148),
    fund("IWM", "iShares Russell 2000 ETF", beta: 1.15, noise: 0.0060, 195),
    fund("USMV", "iShares MSCI USA Min Vol Factor ETF", beta: 0.65, noise: 0.0030, 79),
    fund("USO", "United States Oil Fund", beta: 0.30, noise: 0.0180, 68),
    fund("QQQ", "Invesco QQQ Trust", beta: 1.18, noise: 0.0040, 420),
    fund("VTI", "Vanguard Total Stock Market ETF", beta: 1.01, noise: 0.0010, 240),
    fund("BND", "Vanguard Total Bond Market ETF", beta: 0.05, noise: 0.0035, 77),
    fund("VNQ", "Vanguard Real Estate ETF", beta: 0.95, noise: 0.0075, 95),
    fund("GLD", "SPDR Gold Shares", beta: 0.05, noise: 0.0090, 219.23),
    fund("DJP", "iPath Bloomberg Commodity ETN", beta: 0.25, noise: 0.0095, 30),
    mutualFund("FXNAX", "Fidelity U.S. Bond Index Fund", beta: 0.05, noise: 0.0035, 20),
    mutualFund("FCNTX", "Fidelity Contrafund", beta: 1.05, noise: 0.0030, 15),
    mutualFund("FMAGX", "Fidelity Magellan Fund", beta: 1.08, noise: 0.0032, 15),
    mutualFund("VTIAX", "Vanguard Total International Stock", beta: 0.80, noise: 0.0050, 30),
    stock("AAPL", "Apple Inc.", technology, beta: 1.20, noise: 0.0105, 225),
    stock("MSFT", "Microsoft Corp.", technology, beta: 1.10, noise: 0.0100, 420),
    stock("NVDA", "NVIDIA Corp.", technology, beta: 1.90, noise: 0.0230, 700),
    stock("AMD", "Advanced Micro Devices Inc.", technology, beta: 1.85, noise: 0.0240, 162),
    stock("SHOP", "Shopify Inc.", technology, beta: 1.80, noise: 0.0250, 195),
    stock("ZM", "Zoom Communications Inc.", technology, beta: 0.95, noise: 0.0190, 70),
    stock("AMZN", "Amazon.com Inc.", consumer, beta: 1.25, noise: 0.0130, 170),
    stock("TSLA", "Tesla Inc.", consumer, beta: 1.85, noise: 0.0290, 255),
    stock("HD", "Home Depot Inc.", consumer, beta: 0.95, noise: 0.0100, 350),
    stock("PTON", "Peloton Interactive Inc.", consumer, beta: 1.95, noise: 0.0400, 40),
    stock("F", "Ford Motor Co.", consumer, beta: 1.45, noise: 0.0160, 12),
    stock("GOOGL", "Alphabet Inc.", communication, beta: 1.15, noise: 0.0120, 160),
    stock("META", "Meta Platforms Inc.", communication, beta: 1.30, noise: 0.0160, 530),
    stock("NFLX", "Netflix Inc.", communication, beta: 1.25, noise: 0.0180, 490),
    stock("ROKU", "Roku Inc.", communication, beta: 1.90, noise: 0.0320, 60),
    stock("JNJ", "Johnson & Johnson", "Health Care", beta: 0.50, noise: 0.0080, 160),
    stock("UNH", "UnitedHealth Group Inc.", "Health Care", beta: 0.65, noise: 0.0110, 545),
    stock("JPM", "JPMorgan Chase & Co.", "Financials", beta: 1.05, noise: 0.0095, 170),
    stock("BRK.B", "Berkshire Hathaway Inc. Class B", "Financials", beta: 0.85, noise: 0.0060, 440),
    stock("V", "Visa Inc.", "Financials", beta: 0.95, noise: 0.0080, 268),
    stock("C", "Citigroup Inc.", "Financials", beta: 1.25, noise: 0.0115, 55),
    stock("XOM", "Exxon Mobil Corp.", "Energy", beta: 0.75, noise: 0.0120, 110),
    stock("GE", "General Electric Co.", "Industrials", beta: 1.10, noise: 0.0120, 140),
    stock("PG", "Procter & Gamble Co.", "Consumer Staples", beta: 0.45, noise: 0.0075, 165),
    Asset(
      symbol: "VIX", name: "Volatility index (generated)", kind: .index, sector: nil,
      trueBeta: -4, noise: 0.030, anchorPrice: 18.5, isVolatilityIndex: true),
  ]

  private static let technology = "Information Technology"
  private static let consumer = "Consumer Discretionary"
  private static let communication = "Communication Services"

  private static func stock(
    _ symbol: Symbol, _ name: String, _ sector: String, beta: Double, noise: Double, _ price: Double
  ) -> Asset {
    Asset(
      symbol: symbol, name: name, kind: .stock, sector: sector, trueBeta: beta, noise: noise,
      anchorPrice: price)
  }

  private static func fund(
    _ symbol: Symbol, _ name: String, beta: Double, noise: Double, _ price: Double
  ) -> Asset {
    Asset(
      symbol: symbol, name: name, kind: .etf, sector: nil, trueBeta: beta, noise: noise,
      anchorPrice: price)
  }

  private static func mutualFund(
    _ symbol: Symbol, _ name: String, beta: Double, noise: Double, _ price: Double
  ) -> Asset {
    Asset(
      symbol: symbol, name: name, kind: .mutualFund, sector: nil, trueBeta: beta, noise: noise,
      anchorPrice: price)
  }
}
