/** What makes one generated market differ from another. */

export interface PriceModel {
  /** Markets with one key have one price: BTCUSDT and BTCUSDC. */
  readonly key: string;
  /** The price it comes back to over years. */
  readonly basePrice: number;
  /** How much it follows the whole market. */
  readonly beta: number;
  readonly sector: number;
  readonly sectorLoad: number;
  /** Deviation a day of what is its own, 0.03 being 3 %. */
  readonly ownDeviation: number;
  /** Usual turnover a minute, in quote asset. */
  readonly turnover: number;
  /** Usual share of minutes with a trade, 1 for all. */
  readonly activity: number;
  /** Usual size of a trade, in quote asset. */
  readonly tradeSize: number;
  readonly tickDecimals: number;
  readonly quantityDecimals: number;
}
