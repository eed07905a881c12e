/** A recording made by the test, in every shape that recordings come in. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { type Candle, DAY_MS, MINUTE_MS, type UtcMs } from '@slt/domain';

/** Two hours before midnight, so that a symbol's days are files of their own. */
export const START: UtcMs = Date.UTC(2025, 5, 1, 22);
export const LENGTH = 460;
/** Candles of a symbol that ends early. */
export const SHORT = 330;
const PLAIN_HEADER = 'timestamp,open,high,low,close,volume';
const ARCHIVE_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';

/** @returns what each file says, by symbol */
export function writeRecording(folder: string): Map<string, Candle[]> {
  const save = (name: string, bytes: string | Uint8Array): void => writeFileSync(join(folder, name), bytes);
  const plain = walk(1, LENGTH);
  const holed = walk(2, LENGTH).filter((_, i) => i < 240 || i >= 250);
  const archived = walk(3, LENGTH);
  const bare = walk(4, LENGTH);
  const zipped = walk(5, LENGTH);
  const short = walk(6, SHORT);
  save('PLAINUSDT_1m_recorded.csv', text(plain, toPlain, PLAIN_HEADER));
  save('HOLEDUSDT_1m_recorded.csv.gz', gzipSync(text(holed, toPlain, PLAIN_HEADER)));
  save('ARCHIVEDUSDT-1m-2025-06.csv', text(archived, toArchive, ARCHIVE_HEADER));
  save('BAREUSDT-1m-2025-06.csv.gz', gzipSync(text(bare, toArchive)));
  for (const day of [START - (START % DAY_MS), START - (START % DAY_MS) + DAY_MS]) {
    const rows = zipped.filter(({ openTime }) => openTime >= day && openTime < day + DAY_MS);
    const name = `ZIPPEDUSDT-1m-${new Date(day).toISOString().slice(0, 10)}`;
    save(`${name}.zip`, zipSync({ [`${name}.csv`]: Buffer.from(text(rows, toArchive)) }));
  }
  save('SHORTUSDT-1m-2025-06.csv', text(short, toPlain));
  save('notes.txt', 'not a recording');
  return new Map(Object.entries({ plain, holed, archived, bare, zipped, short }).map(toSymbol));
}

const toSymbol = ([name, candles]: [string, Candle[]]): [string, Candle[]] => [
  `${name.toUpperCase()}USDT`,
  candles,
];

/** Every twentieth minute, in steps of the seed, is without a trade. */
function walk(seed: number, length: number): Candle[] {
  let state = seed;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  let last = 100 * seed;
  return Array.from({ length }, (_, i) => {
    const open = last;
    const isQuiet = (i + seed) % 20 === 0;
    last = isQuiet ? open : cents(open * (1 + (random() - 0.5) / 500));
    const reach = isQuiet ? 0 : random() / 10;
    const high = cents(Math.max(open, last) + reach);
    const low = cents(Math.min(open, last) - reach);
    const volume = isQuiet ? 0 : 0.001 + Math.round(random() * 1e6) / 1e3;
    return { openTime: START + i * MINUTE_MS, open, high, low, close: last, volume };
  });
}

const cents = (price: number): number => Math.round(price * 100) / 100;

function text(candles: readonly Candle[], line: (candle: Candle) => string, header?: string): string {
  return [...(header === undefined ? [] : [header]), ...candles.map(line), ''].join('\n');
}

function toPlain({ openTime, open, high, low, close, volume }: Candle): string {
  return [openTime, open, high, low, close, volume].join(',');
}

function toArchive(candle: Candle): string {
  const { openTime, close, volume } = candle;
  const quote = (close * volume).toFixed(4);
  const trades = volume === 0 ? 0 : 1 + (openTime % 97);
  return [toPlain(candle), openTime + MINUTE_MS - 1, quote, trades, 0, 0, 0].join(',');
}
