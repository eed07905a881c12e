import { createHash } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import { archiveZip } from './archive';
import { createGeneratedMarket } from './core/generated-market';

const NOW = Date.parse('2026-11-22T10:30:00Z');
const market = createGeneratedMarket({ seed: 5, symbols: 20, epoch: NOW });
const daily = (symbol: string, date: string, interval = '1m'): string =>
  `data/futures/um/daily/klines/${encodeURIComponent(symbol)}/${interval}/${encodeURIComponent(symbol)}-${interval}-${date}.zip`;
const monthly = (symbol: string, month: string, interval = '1h'): string =>
  `data/futures/um/monthly/klines/${symbol}/${interval}/${symbol}-${interval}-${month}.zip`;

function linesOf(path: string): string[] {
  const { zip } = archiveZip(market, path, NOW)!;
  const [[name, content]] = Object.entries(unzipSync(zip)) as [[string, Uint8Array]];
  expect(`${name}`).toBe(decodeURIComponent(path).split('/').at(-1)!.replace('.zip', '.csv'));
  return strFromU8(content).trimEnd().split('\n');
}

describe('the archive', () => {
  it('has a past day as the exchange has it, with a header', () => {
    const [header, ...rows] = linesOf(daily('BTCUSDT', '2026-11-21'));
    expect(header).toMatch(/^open_time,open,high,low,close,volume,close_time,quote_volume,count,/);
    const from = Date.parse('2026-11-21T00:00:00Z');
    const asked = JSON.parse(
      market.klinesJson('BTCUSDT', '1m', { from, to: from + 86_399_999, limit: 1440, fromEnd: false }, NOW),
    ) as unknown[][];
    expect(asked).toHaveLength(1440);
    expect(rows).toEqual(asked.map((row) => row.join(',')));
  });

  it('has a past month, also of long candles', () => {
    expect(linesOf(monthly('ETHUSDT', '2026-02'))).toHaveLength(1 + 28 * 24);
    expect(linesOf(monthly('ETHUSDT', '2025-12', '1mo'))).toHaveLength(2);
  });

  it('has Chinese symbols, percent-encoded or not', () => {
    const path = daily('币安人生USDT', '2026-11-20');
    expect(linesOf(path)).toHaveLength(1441);
    expect(archiveZip(market, decodeURIComponent(path), NOW)).toEqual(archiveZip(market, path, NOW));
  });

  it('has the checksum of the zip, and the same bytes every time', () => {
    const path = daily('BTCUSDT', '2026-11-21', '5m');
    const { zip, checksum } = archiveZip(market, path, NOW)!;
    const sha256 = createHash('sha256').update(zip).digest('hex');
    expect(checksum).toBe(`${sha256}  BTCUSDT-5m-2026-11-21.zip\n`);
    const again = createGeneratedMarket({ seed: 5, symbols: 20, epoch: NOW });
    expect(archiveZip(again, `/${path}.CHECKSUM`, NOW + 1e9)!.checksum).toBe(checksum);
  });

  it.each([
    ['today', daily('BTCUSDT', '2026-11-22')],
    ['this month', monthly('BTCUSDT', '2026-11')],
    ['tomorrow', daily('BTCUSDT', '2026-11-23')],
    ['before the listing', daily('BTCUSDT', '2019-01-01')],
    ['an unknown symbol', daily('NOPEUSDT', '2026-11-21')],
    ['a day that is none', daily('BTCUSDT', '2026-02-30')],
    ['a month that is none', monthly('BTCUSDT', '2026-13')],
    ['an unknown interval', daily('BTCUSDT', '2026-11-21', '7m')],
    ['days of weeks', daily('BTCUSDT', '2026-11-21', '1w')],
    ['months under their other name', monthly('BTCUSDT', '2026-01', '1M')],
    ['another symbol in the name', daily('BTCUSDT', '2026-11-21').replace('/BTCUSDT-', '/ETHUSDT-')],
    ['another interval in the name', daily('BTCUSDT', '2026-11-21').replace('-1m-', '-5m-')],
    ['a day among the months', monthly('BTCUSDT', '2026-01-05')],
    ['a broken encoding', daily('BTCUSDT', '2026-11-21').replace('BTC', '%E4%')],
    ['a way out', 'data/futures/um/daily/klines/../../etc/passwd'],
    ['other data', 'data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2026-11-21.zip'],
  ])('has nothing for %s', (_, path) => {
    expect(archiveZip(market, path, NOW)).toBeUndefined();
  });

  it('has a day from its end on', () => {
    const midnight = Date.parse('2026-11-22T00:00:00Z');
    const path = daily('BTCUSDT', '2026-11-21');
    const fresh = createGeneratedMarket({ seed: 5, symbols: 20, epoch: NOW });
    expect(archiveZip(fresh, path, midnight - 1)).toBeUndefined();
    expect(archiveZip(fresh, path, midnight)).toBeDefined();
  });
});
