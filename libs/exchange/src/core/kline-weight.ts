/** What a klines request costs, by Binance's table: the price depends on the limit asked for, not on the rows returned. */

/** @param limit rows asked for, 1 to 1500 */
export function klineWeight(limit: number): number {
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1000 ? 5 : 10;
}
