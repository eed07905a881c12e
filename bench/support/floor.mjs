/** The floor: a bare loop of HTTP requests at a given concurrency that only parses the JSON. Nothing can be faster. */
import http from 'node:http';
import { json } from './process.mjs';

/** @returns milliseconds for one page of `limit` candles of each symbol */
export async function floor({ url, symbols, limit, concurrency }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });
  const { body } = await json(`${url}/fapi/v1/time`);
  const endTime = Math.floor(body.serverTime / 60_000) * 60_000 - 60_000;
  const waiting = [...symbols];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let symbol = waiting.shift(); symbol !== undefined; symbol = waiting.shift()) {
        const query = `symbol=${encodeURIComponent(symbol)}&interval=1m&endTime=${endTime}&limit=${limit}`;
        await get(agent, `${url}/fapi/v1/klines?${query}`);
      }
    }),
  );
  const elapsed = performance.now() - startedAt;
  agent.destroy();
  return elapsed;
}

function get(agent, url) {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          if (response.statusCode !== 200) reject(new Error(`${response.statusCode} for ${url}`));
          else resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')));
        });
      })
      .on('error', reject);
  });
}

/** What a warm-up would follow: tradable USDT perpetuals on crypto. */
export async function tradableSymbols(url, count) {
  const { body } = await json(`${url}/fapi/v1/exchangeInfo`);
  return body.symbols
    .filter(
      (each) =>
        each.contractType === 'PERPETUAL' &&
        each.status === 'TRADING' &&
        each.quoteAsset === 'USDT' &&
        each.underlyingType === 'COIN',
    )
    .map((each) => each.symbol)
    .slice(0, count);
}
