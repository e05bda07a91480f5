/// The three documented demo portfolios, as files that `import --from positions-csv` takes.
///
/// With the corrections of the documented figures: see the domain reference, section 7. Entry
/// prices are illustrative, not market history.
enum DemoPortfolios {
  struct Portfolio {
    var id: String
    var name: String
    var benchmark: String
    /// Uninvested cash beside what the positions cost; null where the document names none.
    var cash: Int32?
    var positionsCSV: String
  }

  static let all = [individual, highNetWorth, hedgeFundStyle]

  static let individual = Portfolio(
    id: "demo_individual", name: "Demo Individual Investor", benchmark: "SPY", cash: nil,
    positionsCSV: """
      ticker,quantity,entry_price,entry_date,tags
      AAPL,85,225.00,2024-01-16,"core_holdings,tech_growth"
      MSFT,45,420.00,2024-01-16,"core_holdings,tech_growth"
      AMZN,110,170.00,2024-01-18,"core_holdings,tech_growth"
      GOOGL,115,160.00,2024-01-22,"core_holdings,tech_growth"
      TSLA,70,255.00,2024-01-22,tech_growth
      NVDA,25,700.00,2024-01-25,tech_growth
      JNJ,105,160.00,2024-02-01,dividend_income
      JPM,85,170.00,2024-02-05,dividend_income
      V,50,268.00,2024-02-08,core_holdings
      FXNAX,4365,20.00,2023-12-15,core_holdings
      FCNTX,4853,15.00,2023-12-15,core_holdings
      FMAGX,3880,15.00,2023-12-15,core_holdings
      VTIAX,970,30.00,2023-12-15,core_holdings
      VTI,155,250.00,2023-11-20,core_holdings
      BND,315,77.00,2023-11-20,core_holdings
      VNQ,205,95.00,2023-11-20,core_holdings

      """)

  static let highNetWorth = Portfolio(
    id: "demo_hnw", name: "Demo High Net Worth", benchmark: "SPY", cash: 85_500,
    positionsCSV: """
      ticker,quantity,entry_price,entry_date,tags
      SPY,400,530.00,2024-01-05,blue_chip
      QQQ,450,420.00,2024-01-05,blue_chip
      VTI,800,230.00,2024-01-05,blue_chip
      AAPL,400,225.00,2024-01-10,blue_chip
      MSFT,200,420.00,2024-01-10,blue_chip
      AMZN,480,170.00,2024-01-12,blue_chip
      GOOGL,500,160.00,2024-01-12,blue_chip
      BRK.B,180,440.00,2024-01-16,blue_chip
      JPM,350,170.00,2024-01-16,blue_chip
      JNJ,310,160.00,2024-01-18,blue_chip
      NVDA,70,700.00,2024-01-22,blue_chip
      META,90,530.00,2024-01-22,blue_chip
      UNH,85,545.00,2024-01-22,blue_chip
      V,170,268.00,2024-01-22,blue_chip
      HD,125,350.00,2024-01-25,blue_chip
      PG,250,165.00,2024-01-25,blue_chip
      GLD,325,219.23,2024-02-01,"alternative_assets,risk_hedge"
      DJP,1900,30.00,2024-02-01,"alternative_assets,risk_hedge"

      """)

  static let hedgeFundStyle = Portfolio(
    id: "demo_hedgefundstyle", name: "Demo Hedge Fund Style", benchmark: "SPY", cash: nil,
    positionsCSV: """
      ticker,quantity,entry_price,entry_date,tags
      NVDA,800,700.00,2024-01-05,long_momentum
      MSFT,1000,420.00,2024-01-05,long_momentum
      AAPL,1500,225.00,2024-01-08,long_momentum
      GOOGL,1800,160.00,2024-01-08,long_momentum
      META,1000,530.00,2024-01-10,long_momentum
      AMZN,1400,170.00,2024-01-10,long_momentum
      TSLA,800,255.00,2024-01-12,long_momentum
      AMD,1200,162.00,2024-01-12,long_momentum
      BRK.B,600,440.00,2024-01-16,long_momentum
      JPM,1000,170.00,2024-01-16,long_momentum
      JNJ,800,160.00,2024-01-18,long_momentum
      UNH,200,545.00,2024-01-18,long_momentum
      V,350,268.00,2024-01-22,long_momentum
      NFLX,-600,490.00,2024-01-25,short_value_traps
      SHOP,-1000,195.00,2024-01-25,short_value_traps
      ZM,-2000,70.00,2024-01-29,short_value_traps
      PTON,-3000,40.00,2024-01-29,short_value_traps
      ROKU,-1800,60.00,2024-01-30,short_value_traps
      XOM,-2000,110.00,2024-02-01,short_value_traps
      F,-10000,12.00,2024-02-01,short_value_traps
      GE,-800,140.00,2024-02-05,short_value_traps
      C,-2000,55.00,2024-02-05,short_value_traps
      SPY250919C00560000,200,7.00,2024-01-10,options_overlay
      QQQ250815C00420000,150,7.00,2024-01-10,options_overlay
      VIX250716C00025000,300,2.50,2024-01-16,options_overlay
      NVDA251017C00800000,50,12.50,2024-01-16,options_overlay
      AAPL250815P00200000,-100,4.50,2024-01-22,options_overlay
      MSFT250919P00380000,-80,5.00,2024-01-22,options_overlay
      TSLA250815C00300000,-60,8.00,2024-01-25,options_overlay
      META250919P00450000,-50,7.50,2024-01-25,options_overlay

      """)
}
