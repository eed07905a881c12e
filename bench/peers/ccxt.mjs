/**
 * The cold start's job done by ccxt: the last N closed one-minute candles of each symbol, with ccxt's own rate limiter,
 * from the same emulator. Prints {"ms": …, "symbols": …, "candles": …} on stdout.
 */
import ccxt from 'ccxt';

const { BASE_URL, CONCURRENCY = '16', LIMIT = '1000', SYMBOLS } = process.env;

const exchange = new ccxt.binanceusdm({ enableRateLimit: true, options: { fetchCurrencies: false } });
for (const [name, url] of Object.entries(exchange.urls.api)) {
  if (typeof url === 'string' && url.includes('fapi')) {
    exchange.urls.api[name] = url.replace(/^https:\/\/[^/]+/, BASE_URL);
  }
}

const loadingAt = performance.now();
await exchange.loadMarkets();
const startedAt = performance.now();
const endTime = Math.floor((await exchange.fetchTime()) / 60_000) * 60_000 - 60_000;
const ids = new Set((SYMBOLS ?? '').split(',').filter(Boolean));
const markets = Object.values(exchange.markets).filter((market) => ids.has(market.id));
const waiting = markets.map((market) => market.symbol);
let candles = 0;
await Promise.all(
  Array.from({ length: Number(CONCURRENCY) }, async () => {
    for (let symbol = waiting.shift(); symbol !== undefined; symbol = waiting.shift()) {
      const rows = await exchange.fetchOHLCV(symbol, '1m', undefined, Number(LIMIT), { until: endTime });
      candles += rows.length;
    }
  }),
);
console.log(
  JSON.stringify({
    ms: performance.now() - startedAt,
    loadMarketsMs: startedAt - loadingAt,
    symbols: markets.length,
    candles,
  }),
);
