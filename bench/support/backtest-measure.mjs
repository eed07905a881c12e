/** One measurement of the backtest in a process of its own: `node --expose-gc backtest-measure.mjs speed|smc|memory …`. */
import { createRequire } from 'node:module';
import { batches, SYMBOLS } from './backtest-candles.mjs';
import { median } from './statistics.mjs';

const require = createRequire(import.meta.url);
const { findRecordings, runBacktest } = require('../../dist/libs/backtest/src/index.js');
const { readCandleFile } = require('../../dist/libs/integrity/src/index.js');
const { SmcEngine } = require('../../dist/libs/smc/src/index.js');

const CANDLES = 50_000;
/** Rounds before those that count: the first ones are largely spent on compiling. */
const WARM_UP = 2;
const LONG = 5_000_000;
const LONG_SYMBOLS = 5;

/** @param folder of recordings; without it the emulator's markets @returns medians of the rounds, and the first one cold */
async function speed(rounds, learning, folder) {
  const learn = learnOf(learning);
  const { recordings, held } = await marketOf(folder);
  const read = (file) => fromMemory(held.get(file));
  const all = [];
  for (let round = 0; round < WARM_UP + Number(rounds); round++) {
    const from = process.cpuUsage();
    const result = await runBacktest({ ...optionsOf(recordings), learn, read });
    all.push({ result, cpuMs: cpuMsSince(from) });
  }
  const [{ result, cpuMs: coldMs }] = all;
  const runs = all.slice(WARM_UP);
  return {
    candles: result.candles,
    symbols: recordings.length,
    signals: result.signals,
    trades: result.trades.length,
    trainings: result.learning?.trainings.length ?? 0,
    decisionsHash: result.decisionsHash,
    wallMs: median(runs.map((run) => run.result.seconds * 1_000)),
    cpuMs: median(runs.map((run) => run.cpuMs)),
    coldMs,
  };
}

/** What the detectors take by themselves. @param folder as of speed */
async function smc(rounds, folder) {
  const { recordings, held } = await marketOf(folder);
  const series = recordings.map(({ files }) => files.flatMap((file) => held.get(file)));
  const all = Array.from({ length: WARM_UP + Number(rounds) }, () => cpuMsOf(() => smcAlone(series)));
  return { cpuMs: median(all.slice(WARM_UP)) };
}

/** All candles in memory, by file. */
async function marketOf(folder) {
  if (folder === undefined) return { recordings: recordingsOf(SYMBOLS), held: generated() };
  const recordings = await findRecordings(folder, '1m');
  return { recordings, held: await readAll(recordings) };
}

const generated = () => new Map(SYMBOLS.map((symbol) => [symbol, [...batches(symbol, CANDLES)]]));

async function readAll(recordings) {
  const held = new Map();
  for (const file of recordings.flatMap(({ files }) => files)) {
    const list = [];
    for await (const batch of readCandleFile(file)) list.push(batch);
    held.set(file, list);
  }
  return held;
}

/** Symbols in turn, candle by candle, as the backtest walks them. */
function smcAlone(series) {
  let live = series.map((list) => ({ list, batch: 0, row: 0, engine: new SmcEngine() }));
  const candle = { openTime: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  const fields = Object.keys(candle);
  while (live.length > 0) {
    for (const track of live) {
      const { columns } = track.list[track.batch];
      for (const field of fields) candle[field] = columns[field][track.row];
      track.engine.step(candle);
      if (++track.row < columns.length) continue;
      track.row = 0;
      track.batch++;
    }
    if (live.some(({ list, batch }) => batch === list.length))
      live = live.filter(({ list, batch }) => batch < list.length);
  }
}

async function memory(learning) {
  const sizes = [];
  let due = LONG / 5;
  const names = SYMBOLS.slice(0, LONG_SYMBOLS);
  const result = await runBacktest({
    ...optionsOf(recordingsOf(names)),
    learn: learnOf(learning),
    read: (file) => fromMemory(batches(file, LONG / LONG_SYMBOLS)),
    onProgress: (candles) => {
      if (candles < due) return;
      due += LONG / 5;
      globalThis.gc();
      sizes.push(process.memoryUsage().heapUsed);
    },
  });
  return {
    candles: result.candles,
    trades: result.trades.length,
    trainings: result.learning?.trainings.length ?? 0,
    early: sizes[0],
    late: sizes.at(-1),
    rss: process.resourceUsage().maxRSS * 1_024,
  };
}

const recordingsOf = (symbols) => symbols.map((symbol) => ({ symbol, files: [symbol], fundingFiles: [] }));
const optionsOf = (recordings) => ({ recordings, interval: '1m', charts: 0 });
const learnOf = (learning) => (learning === 'learning' ? { seed: 1 } : undefined);

async function* fromMemory(list) {
  for (const batch of list) yield batch;
}

function cpuMsOf(work) {
  const from = process.cpuUsage();
  work();
  return cpuMsSince(from);
}

function cpuMsSince(from) {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000;
}

const MEASUREMENTS = { speed, smc, memory };
const [name, ...words] = process.argv.slice(2);
console.log(JSON.stringify(await MEASUREMENTS[name](...words)));
