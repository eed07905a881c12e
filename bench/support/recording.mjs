/** A folder of recorded candles, and a folder of Parquet, read by nothing of ours: the witnesses of the replay. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import polars from 'nodejs-polars';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const MICROSECONDS_FROM = 1e14;
const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'];

export function lengthOf(interval) {
  return Number(interval.slice(0, -1)) * UNIT_MS[interval.at(-1)];
}

/** @returns by `BTCUSDT 1m`, by open time: [open, high, low, close, volume]; of files that overlap the later name stays */
export function readRecording(folder) {
  const series = new Map();
  for (const name of readdirSync(folder).sort()) {
    const match = /^(.+?)[-_](\d+[mhd])[-_.].*?(csv|csv\.gz|zip)$/i.exec(name);
    if (match === null || name.startsWith('.')) continue;
    const [, symbol, interval, kind] = match;
    const key = `${symbol} ${interval}`;
    if (!series.has(key)) series.set(key, new Map());
    for (const text of unpack(readFileSync(path.join(folder, name)), kind.toLowerCase())) {
      readCsv(text, series.get(key));
    }
  }
  return series;
}

function unpack(bytes, kind) {
  if (kind === 'csv') return [bytes.toString('utf8')];
  if (kind === 'csv.gz') return [gunzipSync(bytes).toString('utf8')];
  return Object.entries(unzipSync(bytes))
    .filter(([name]) => name.endsWith('.csv'))
    .map(([, content]) => Buffer.from(content).toString('utf8'));
}

function readCsv(text, into) {
  for (const line of text.split(/\r?\n/)) {
    const fields = line.split(',').slice(0, 6).map(Number);
    if (fields.length < 6 || fields.some(Number.isNaN)) continue;
    const [time, ...values] = fields;
    into.set(time >= MICROSECONDS_FROM ? Math.floor(time / 1000) : time, values);
  }
}

/** What the interval's candles must be: as recorded, else made of the 1m candles where all of them are there. */
export function expectedSeries(recording, symbol, interval) {
  const own = recording.get(`${symbol} ${interval}`);
  if (own !== undefined) return own;
  const minutes = recording.get(`${symbol} 1m`) ?? new Map();
  const length = lengthOf(interval);
  const buckets = new Map();
  for (const [time, candle] of [...minutes].sort(([a], [b]) => a - b)) {
    const start = time - (time % length);
    const bucket = buckets.get(start);
    if (bucket === undefined) buckets.set(start, [...candle]);
    else {
      bucket[1] = Math.max(bucket[1], candle[1]);
      bucket[2] = Math.min(bucket[2], candle[2]);
      bucket[3] = candle[3];
      bucket[4] += candle[4];
    }
  }
  return buckets;
}

/** @returns [{ symbol, interval, rows: [[openTime, open, high, low, close, volume], …] }] in the order of the file */
export function readParquetFolder(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => {
      const [, symbol, interval] = /^(.+)_(\d+[mhd])\.parquet$/.exec(name);
      const frame = polars.readParquet(path.join(folder, name));
      const columns = COLUMNS.map((column) => Array.from(frame.getColumn(column).toArray(), Number));
      const rows = columns[0].map((_, row) => columns.map((column) => column[row]));
      return { symbol: decodeURIComponent(symbol), interval, rows };
    });
}

/**
 * Candle for candle: what differs between a cached file and the recording.
 * @param now exchange time after the last write: nothing that closes later may be in the file
 */
export function compareWithRecording({ symbol, interval, rows }, recording, now) {
  const expected = expectedSeries(recording, symbol, interval);
  const found = { rows: rows.length, missing: 0, double: 0, foreign: 0, unequal: 0, forming: 0 };
  const seen = new Set();
  // Sums of volumes may differ in the last bit by the order of summing; recorded numbers may not.
  const isSame = recording.has(`${symbol} ${interval}`)
    ? (a, b) => a === b
    : (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
  for (const [time, ...values] of rows) {
    const wanted = expected.get(time);
    if (seen.has(time)) found.double++;
    else if (wanted === undefined) found.foreign++;
    else if (!wanted.every((value, i) => isSame(values[i], value))) found.unequal++;
    if (time + lengthOf(interval) > now) found.forming++;
    seen.add(time);
  }
  const first = rows[0]?.[0] ?? 0;
  const last = rows.at(-1)?.[0] ?? -1;
  for (const time of expected.keys()) if (time >= first && time <= last && !seen.has(time)) found.missing++;
  const differences = found.missing + found.double + found.foreign + found.unequal + found.forming;
  return { ...found, symbol, interval, first, last, differences };
}
